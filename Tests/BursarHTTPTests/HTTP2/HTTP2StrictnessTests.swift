import NIOCore
import NIOEmbedded
import Testing

@testable import BursarHTTP

private typealias Client = HTTP2TestClient

/// Requests that must not be served, and what each is told.
@Suite struct HTTP2StrictnessTests {
    private func answer(_ fields: [(String, String)], endStream: Bool = true) throws -> String {
        let connection = try HTTP2TestConnection { request in textReply("served \(request.target)") }
        try connection.send(Client.headers(1, fields, endStream: endStream))
        if let code = connection.client.resetCode(1), connection.client.status(1) == nil { return "reset \(code)" }
        return connection.client.status(1) ?? "nothing"
    }

    @Test(arguments: [
        "relative", "http://localhost/", "/with blank", "/with#fragment", "/umlaut-\u{E4}", "/half%2", "/bad%zz", "*", ""
    ])
    func `a path that is not in origin form is refused`(path: String) throws {
        #expect(["400", "reset 1"].contains(try answer(Client.requestFields("GET", path))))
    }

    @Test(arguments: [String(repeating: "A", count: 33), String(repeating: "a", count: 12_000), "G(T", "G T", "G\u{C9}T"])
    func `a method that HTTP 1 refuses is refused here, too, in the same words`(method: String) throws {
        let connection = try HTTP2TestConnection { _ in textReply("served") }
        try connection.send(Client.headers(1, Client.requestFields(method), endStream: true))
        // Some of them the library resets.
        if connection.client.resetCode(1) != nil { return #expect(connection.client.status(1) == nil) }
        #expect(connection.client.status(1) == "400")
        #expect(connection.client.text(1).contains(HeadFault.method.detail))
    }

    @Test func `a method of 32 bytes is served`() throws {
        #expect(try answer(Client.requestFields(String(repeating: "A", count: 32))) == "200")
    }

    @Test func `only OPTIONS may ask for the asterisk`() throws {
        #expect(try answer(Client.requestFields("OPTIONS", "*")) == "200")
    }

    @Test func `the authority and Host must agree and be a host`() throws {
        #expect(try answer(Client.requestFields(authority: "a.example", more: [("host", "A.example")])) == "200")
        #expect(try answer(Client.requestFields(authority: "a.example", more: [("host", "b.example")])) == "400")
        #expect(try answer(Client.requestFields(authority: "user@a.example")) == "400")
        #expect(["400", "reset 1"].contains(try answer(Client.requestFields(authority: ""))))
        #expect(["400", "reset 1"].contains(try answer([(":method", "GET"), (":scheme", "http"), (":path", "/")])))
        #expect(try answer([(":method", "GET"), (":scheme", "http"), (":path", "/"), ("host", "a")]) == "200")
        #expect(try answer(Client.requestFields(authority: String(repeating: "a", count: 300))) == "400")
    }

    @Test func `what RFC 9113 forbids is a stream error`() throws {
        let base = Client.requestFields()
        #expect(try answer(base + [("connection", "keep-alive")]) == "reset 1")
        #expect(try answer(base + [("transfer-encoding", "chunked")]) == "reset 1")
        #expect(try answer(base + [("te", "gzip")]) == "reset 1")
        #expect(try answer(base + [("X-Upper", "a")]) == "reset 1")
        #expect(try answer(base + [(":path", "/two")]) == "reset 1")
        #expect(try answer([("a", "b")] + base) == "reset 1")
        #expect(try answer(base + [(":unknown", "x")]) == "reset 1")
        #expect(try answer([(":method", "GET"), (":authority", "a"), (":path", "/")]) == "reset 1")
        #expect(try answer([(":method", "CONNECT"), (":authority", "a:443")], endStream: false) == "400")
    }

    @Test func `a field value with forbidden bytes, two Authorizations and other schemes are refused`() throws {
        #expect(["400", "reset 1"].contains(try answer(Client.requestFields(more: [("x", "a\r\nb")]))))
        #expect(["400", "reset 1"].contains(try answer(Client.requestFields(more: [("x", "a\u{0}b")]))))
        #expect(try answer(Client.requestFields(more: [("authorization", "a"), ("authorization", "b")])) == "400")
        #expect(try answer([(":method", "GET"), (":scheme", "ftp"), (":authority", "a"), (":path", "/")]) == "400")
        #expect(try answer(Client.requestFields(more: [("expect", "200-maybe")])) == "417")
    }

    @Test func `too many or too large fields are 431, and the connection goes on`() throws {
        let connection = try HTTP2TestConnection { _ in textReply("x") }
        try connection.send(Client.get(1, more: (0..<101).map { ("x-\($0)", "a") }))
        #expect(connection.client.status(1) == "431")
        try connection.send(
            Client.get(3, more: [("x", String(repeating: "a", count: 15_000)), ("y", String(repeating: "b", count: 1_300))]))
        #expect(connection.client.status(3) == "431")
        try connection.send(Client.get(5))
        #expect(connection.client.status(5) == "200")
        #expect(connection.counters[.headTooLarge] == 2)
    }

    @Test func `a path that is too long is 414, and the connection goes on`() throws {
        let connection = try HTTP2TestConnection { _ in textReply("x") }
        try connection.send(Client.get(1, "/" + String(repeating: "a", count: 16_300)))
        #expect(connection.client.status(1) == "414")
        #expect(connection.client.text(1).contains(HeadFault.targetTooLong.detail))
        try connection.send(Client.get(3))
        #expect(connection.client.status(3) == "200")
        #expect(connection.counters[.headTooLarge] == 1)
    }

    @Test(arguments: [("/a#b", HeadFault.targetFragment), ("/%4", .target), ("/a\"b", .target)])
    func `a path outside the grammar is told in HTTP 1's words`(path: String, fault: HeadFault) throws {
        let connection = try HTTP2TestConnection { _ in textReply("x") }
        try connection.send(Client.get(1, path))
        // Some of them the library resets.
        if connection.client.resetCode(1) == nil { #expect(connection.client.text(1).contains(fault.detail)) }
    }

    @Test func `large trailers reset their stream`() throws {
        let connection = try HTTP2TestConnection { _ in textReply("x") }
        try connection.send(
            Client.headers(1, Client.requestFields("POST"), endStream: false),
            Client.headers(1, (0..<200).map { ("x-\($0)", "a") }))
        #expect(connection.client.resetCode(1) != nil)
        #expect(connection.client.status(1) == nil)
    }

    @Test func `what is no HTTP/2 at all gets GOAWAY and a close`() throws {
        for bytes in [
            Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), Client.preface + Client.get(1),
            Client.hello + Client.frame(1, flags: 4, stream: 2)
        ] {
            let connection = try HTTP2TestConnection(greets: false) { _ in textReply("x") }
            try connection.send(bytes)
            #expect(connection.client.goaways.last?.code != nil)
            connection.wait(.seconds(5))
            #expect(!connection.channel.isActive)
        }
    }

    @Test func `a forwarded address is taken from trusted proxies only`() throws {
        let plain = try HTTP2TestConnection { textReply($0.clientText) }
        try plain.send(Client.get(1, more: [("x-forwarded-for", "198.51.100.7")]))
        #expect(plain.client.text(1) == "192.0.2.1")
    }
}
