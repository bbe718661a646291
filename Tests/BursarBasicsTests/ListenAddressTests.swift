import BursarBasics
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8787", ListenAddress.tcp(host: "127.0.0.1", port: 8787)),
        ("127.0.0.1:0", .tcp(host: "127.0.0.1", port: 0)),
        ("[::1]:80", .tcp(host: "::1", port: 80)),
        ("[2001:DB8::1]:65535", .tcp(host: "2001:db8::1", port: 65_535)),
        ("localhost:1", .tcp(host: "localhost", port: 1)),
        ("Bursar.Internal:8787", .tcp(host: "bursar.internal", port: 8787)),
        ("unix:/run/bursar/bursar.sock", .unix(path: "/run/bursar/bursar.sock")),
        ("unix:bursar.sock", .unix(path: "bursar.sock"))
    ])
    func `every documented form is read`(text: String, expected: ListenAddress) throws {
        #expect(try ListenAddress(parsing: text) == expected)
    }

    @Test(arguments: [
        ("8787", "127.0.0.1:8787"), (":8787", "127.0.0.1:8787"), ("*:8787", "0.0.0.0:8787"), ("localhost", "localhost:8787"),
        ("::1", "[::1]:8787"), ("fe80::2:8080", "[fe80::2:8080]:8787"), ("/run/b.sock", "unix:/run/b.sock"),
        ("unix:///run/b.sock", "unix:/run/b.sock"), ("unix:", "unix:/run/bursar/bursar.sock"), ("[::1]", "[::1]:8787")
    ])
    func `a near miss is told what was meant`(text: String, meant: String) {
        #expect(refusal(of: text)?.meant == meant)
    }

    @Test(arguments: [
        "", ":", "127.0.0.1:", "127.0.0.1:+1", "127.0.0.1:65536", "127.0.0.1:99999999999999999999", "300.1.1.1:80", "127.1:80",
        "0x7f.0.0.1:80", "[::1", "[::1]x:80", "[127.0.0.1]:80", "[fe80::1%eth0]:80", "a b:80", "-a:80", "http://127.0.0.1:80",
        "unix:/a\u{0}b", "unix:/run/", "user@host:80", "host:80/path", "é:80"
    ])
    func `what is no address is refused`(text: String) {
        #expect(refusal(of: text) != nil)
    }

    @Test(arguments: [
        ("0.0.0.0:8787", "127.0.0.1:8787"), ("[::]:8787", "[::1]:8787"), ("192.0.2.1:80", "192.0.2.1:80"),
        ("localhost:1", "localhost:1"), ("[::1]:80", "[::1]:80"), ("unix:/run/b.sock", "unix:/run/b.sock")
    ])
    func `what listens at every interface is asked at loopback`(text: String, asked: String) throws {
        #expect(try ListenAddress(parsing: text).reachableHere.description == asked)
    }

    @Test func `an IPv4 address in the form of IPv6 is refused, because no socket listens at it`() {
        #expect(refusal(of: "[::ffff:127.0.0.1]:8787")?.meant == "127.0.0.1:8787")
        #expect(refusal(of: "[::ffff:0.0.0.0]:1")?.meant == "0.0.0.0:1")
    }

    @Test func `a socket path may not be longer than the system allows`() throws {
        let longest = "/" + String(repeating: "a", count: 106)
        #expect(try ListenAddress(parsing: "unix:" + longest) == .unix(path: longest))
        #expect(refusal(of: "unix:" + longest + "a") != nil)
    }

    @Test(arguments: [
        ("127.0.0.1:1", true), ("127.9.9.9:1", true), ("[::1]:1", true), ("localhost:1", true),
        ("unix:/a", true), ("0.0.0.0:1", false), ("[::]:1", false), ("10.0.0.1:1", false),
        ("localhost.example.com:1", false), ("[::2]:1", false),
        ("[::ff00:7f00:1]:1", false), ("[::7f00:1]:1", false), ("[1::1]:1", false)
    ])
    func `only loopback and sockets count as local`(text: String, local: Bool) throws {
        #expect(try ListenAddress(parsing: text).isLocalOnly == local)
    }

    @Test(arguments: [
        ("127.0.0.1:1", "127.0.0.1:1", true), ("127.0.0.1:1", "127.0.0.1:2", false), ("127.0.0.1:0", "127.0.0.1:0", false),
        ("[::1]:1", "[0:0:0:0:0:0:0:1]:1", true),
        ("127.0.0.1:1", "127.0.0.2:1", false), ("127.0.0.1:1", "[::1]:1", false),
        ("0.0.0.0:1", "127.0.0.1:1", true), ("0.0.0.0:1", "192.0.2.1:1", true), ("0.0.0.0:1", "127.0.0.1:2", false),
        ("0.0.0.0:0", "127.0.0.1:0", false), ("[::]:1", "[::1]:1", true), ("[::]:1", "[0::0]:1", true),
        // [::] leaves IPv4 alone where another listener has the port there.
        ("[::]:1", "0.0.0.0:1", false), ("[::]:1", "127.0.0.1:1", false), ("0.0.0.0:1", "[::1]:1", false),
        ("localhost:1", "127.0.0.1:1", true), ("localhost:1", "[0::1]:1", true), ("localhost:1", "0.0.0.0:1", true),
        ("localhost:1", "[::]:1", true), ("localhost:1", "localhost:1", true), ("localhost:1", "192.0.2.1:1", false),
        ("bursar.internal:1", "bursar.internal:1", true), ("bursar.internal:1", "127.0.0.1:1", false),
        ("unix:/a", "unix:/a", true), ("unix:/a", "unix:/b", false), ("unix:/a", "127.0.0.1:1", false)
    ])
    func `two listeners collide where the system could not bind both, however they are written`(
        one: String, other: String, collide: Bool
    ) throws {
        let (one, other) = (try ListenAddress(parsing: one), try ListenAddress(parsing: other))
        #expect(one.collides(with: other) == collide && other.collides(with: one) == collide)
    }

    @Test(arguments: ["127.0.0.1:0", "[::1]:8787", "unix:/run/x", "bursar.internal:80"])
    func `a description reads back`(text: String) throws {
        #expect(try ListenAddress(parsing: text).description == text)
    }

    private func refusal(of text: String) -> ListenAddress.Refusal? {
        do throws(ListenAddress.Refusal) {
            _ = try ListenAddress(parsing: text)
            return nil
        } catch {
            return error
        }
    }
}
