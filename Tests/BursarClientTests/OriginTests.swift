import Testing

@testable import BursarClient

@Suite struct OriginTests {
    @Test(arguments: [
        ("http://prov.test", false, "prov.test", 80, "/", "prov.test"),
        ("HTTPS://Prov.Test/", true, "prov.test", 443, "/", "prov.test"),
        ("https://prov.test:8443/a/b?c=d", true, "prov.test", 8443, "/a/b?c=d", "prov.test:8443"),
        ("http://127.0.0.1:9?x", false, "127.0.0.1", 9, "/?x", "127.0.0.1:9"),
        ("http://[::1]:80/x", false, "::1", 80, "/x", "[::1]")
    ])
    func `URLs that are read`(text: String, tls: Bool, host: String, port: Int, target: String, field: String) throws {
        let url = try #require(RequestURL(text))
        #expect(url.origin == Origin(isEncrypted: tls, place: .host(host, port: port)))
        #expect(url.target == target)
        #expect(url.origin.hostField == field)
    }

    @Test(arguments: [
        "", "prov.test", "ftp://prov.test", "http://", "http:///x", "http://user@prov.test", "http://prov.test:",
        "http://prov.test:0",
        "http://prov.test:65536", "http://prov.test:1:2", "http://[::1", "http://[::1]x", "http://[prov.test]",
        "http://prov.test/#x",
        "http://prov.test/a b", "http://prov.test/\r\nx: y", "http://pröv.test", "http://::1/"
    ])
    func `what is no URL for a client`(text: String) { #expect(RequestURL(text) == nil) }

    @Test func `a head is written as it is told, and not at all where a byte may not stand in one`() throws {
        let url = try #require(RequestURL("http://prov.test/x?y"))
        var request = ClientRequest(url: url, fields: [("accept", "application/json"), ("x-key", "a\tb")])
        #expect(
            request.bytes.map { String(decoding: $0, as: UTF8.self) }
                == "GET /x?y HTTP/1.1\r\nhost: prov.test\r\naccept: application/json\r\nx-key: a\tb\r\n\r\n")
        request.fields = [("Host", "other"), ("x", "y")]
        request.method = "POST"
        #expect(
            request.bytes.map { String(decoding: $0, as: UTF8.self) }
                == "POST /x?y HTTP/1.1\r\nHost: other\r\nx: y\r\ncontent-length: 0\r\n\r\n")
        for field in [("x", "a\r\nb: c"), ("x", "a\u{0}"), ("x y", "z"), ("", "z"), ("x:", "z")] {
            request.fields = [field]
            #expect(request.bytes == nil)
        }
    }
}
