import BursarBasics
import Testing

@Suite struct IPAddressScopeTests {
    private func scope(_ text: String) throws -> IPAddress.Scope { try #require(IPAddress(text)).scope }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "169.253.255.255", "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0", "192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
        "2001:200::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "3ffe::1"
    ])
    func `public addresses`(text: String) throws { #expect(try scope(text) == .global) }

    @Test(arguments: [
        "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255",
        "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
        "224.0.0.1",
        "239.1.1.1", "240.0.0.1", "255.255.255.255", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
        "2001:db8::1",
        "2001::1", "3fff:abc::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
        "2002:a00:1::1",
        "100::1", "::7f00:1", "5f00::1", "4000::1"
    ])
    func `everything else is special`(text: String) throws { #expect(try scope(text) == .special) }

    @Test(arguments: ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
    func `this machine`(text: String) throws { #expect(try scope(text) == .loopback) }

    @Test(arguments: ["0.0.0.0", "::", "::ffff:0.0.0.0"])
    func `every interface`(text: String) throws { #expect(try scope(text) == .unspecified) }
}
