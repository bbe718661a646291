import Testing

@testable import BursarClient

/// C1, C18: the certificate's name is the name asked for (RFC 9525).
@Suite struct ServerIdentityTests {
    private func isNamed(_ host: String, dns: [String] = [], addresses: [[UInt8]] = []) -> Bool {
        ServerIdentity(host: host).isNamed(dnsNames: dns.map { Array($0.utf8) }, addresses: addresses)
    }

    @Test(arguments: [
        ("prov.test", ["prov.test"]), ("PROV.test", ["other.test", "prov.TEST"]), ("prov.test.", ["prov.test"]),
        ("a.prov.test", ["*.prov.test"]), ("a-b.prov.test", ["*.Prov.Test"]), ("localhost", ["localhost"])
    ])
    func `names that match`(host: String, names: [String]) { #expect(isNamed(host, dns: names)) }

    @Test(arguments: [
        ("prov.test", ["*"]), ("localhost", ["*"]), ("localhost", ["local*"]), ("prov.test", ["*.test"]),
        ("prov.test", ["*.prov.test"]),
        ("a.b.prov.test", ["*.prov.test"]), (".prov.test", ["*.prov.test"]), ("a.prov.test", ["a*.prov.test"]),
        ("a.prov.test", ["*a.prov.test"]),
        ("a.prov.test", ["a.*.test"]), ("a.prov.test", ["*.*.test"]), ("a.prov.test", ["*..test"]), ("prov.test", [""]),
        ("prov.test", ["prov.test\u{0}.evil.test"]), ("prov.test", ["prov.test."]), ("prov.test", ["10.0.0.1"]), ("", [""]),
        ("prov.test", [])
    ])
    func `names that do not`(host: String, names: [String]) { #expect(!isNamed(host, dns: names)) }

    @Test func `an address stands for an address only, and a name for a name only`() {
        #expect(isNamed("10.0.0.1", addresses: [[10, 0, 0, 1]]))
        #expect(isNamed("::1", addresses: [[UInt8](repeating: 0, count: 15) + [1]]))
        #expect(!isNamed("10.0.0.1", dns: ["10.0.0.1"]))
        #expect(!isNamed("10.0.0.1", addresses: [[10, 0, 0, 2], [10, 0, 0]]))
        // C1: what the name resolves to says nothing.
        #expect(!isNamed("prov.test", addresses: [[127, 0, 0, 1]]))
    }

    @Test func `an address is not told in the handshake`() {
        #expect(ServerIdentity(host: "10.0.0.1").serverName == nil)
        #expect(ServerIdentity(host: "::1").serverName == nil)
        #expect(ServerIdentity(host: "Prov.Test.").serverName == "prov.test")
    }
}

@Suite struct RecordBoundaryTests {
    @Test func `half a record is no boundary, however it is cut`() {
        let records: [UInt8] = [23, 3, 3, 0, 3, 1, 2, 3, 21, 3, 3, 0, 0, 23, 3, 3, 1, 0] + [UInt8](repeating: 9, count: 256)
        let ends: Set<Int> = [0, 8, 13, records.count]
        for size in [1, 2, 5, 300] {
            var boundary = RecordBoundary()
            var count = 0
            while count < records.count {
                #expect(boundary.isBetweenRecords == ends.contains(count))
                let piece = Array(records[count...].prefix(size))
                piece.withUnsafeBytes { boundary.read($0) }
                count += piece.count
            }
            #expect(boundary.isBetweenRecords)
        }
    }
}
