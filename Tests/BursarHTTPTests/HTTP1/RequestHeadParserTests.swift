import Testing

@testable import BursarHTTP

/// Parses text whose lines are joined with CR LF and followed by the empty line.
private func parse(_ lines: String...) throws(HeadFault) -> RequestHead {
    try parse(bytes: Array((lines + ["", ""]).joined(separator: "\r\n").utf8))
}

private func parse(bytes: [UInt8]) throws(HeadFault) -> RequestHead {
    let result: Result<RequestHead, HeadFault> = bytes.withUnsafeBytes { region in
        do throws(HeadFault) { return .success(try RequestHeadParser.parse(region)) } catch { return .failure(error) }
    }
    return try result.get()
}

@Suite struct RequestHeadParserTests {
    @Test func `a plain head is read as sent`() throws {
        let head = try parse("GET /v1/balances?provider=a,b HTTP/1.1", "Host: localhost:8787", "X-Two:  a b \t", "Empty:")
        #expect(head.method == "GET")
        #expect(head.target == "/v1/balances?provider=a,b")
        #expect(head.version == .http1_1)
        #expect(head.headers == ["host": "localhost:8787", "x-two": "a b", "empty": ""])
        #expect(head.body == .none)
        #expect(head.keepsAlive)
        #expect(!head.expectsContinue)
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "close", false), ("HTTP/1.1", "Upgrade, CLOSE", false), ("HTTP/1.0", "", false),
        ("HTTP/1.0", "Keep-Alive", true), ("HTTP/1.0", "keep-alive, close", false)
    ])
    func `persistence follows version and Connection`(version: String, connection: String, keeps: Bool) throws {
        #expect(try parse("GET / \(version)", "Host: a", "Connection: \(connection)").keepsAlive == keeps)
    }

    @Test func `HTTP 1.0 needs no Host and cannot expect anything`() throws {
        let head = try parse("POST / HTTP/1.0", "Content-Length: 3", "Expect: 100-continue")
        #expect(head.body == .length(3))
        #expect(!head.expectsContinue)
    }

    @Test func `an asterisk is the target of OPTIONS alone`() throws {
        #expect(try parse("OPTIONS * HTTP/1.1", "Host: a").target == "*")
        #expect(throws: HeadFault.asteriskTarget) { try parse("GET * HTTP/1.1", "Host: a") }
    }

    @Test(arguments: [
        ("", HeadFault.requestLine), ("GET", .requestLine), ("GET /", .requestLine), (" GET / HTTP/1.1", .requestLine),
        ("GET  / HTTP/1.1", .requestLine), ("GET /  HTTP/1.1", .version), ("GET / HTTP/1.1 ", .requestLine),
        ("GET / HTTP/1.1x", .requestLine), ("GET\t/ HTTP/1.1", .requestLine), ("G(T / HTTP/1.1", .method),
        ("GÉT / HTTP/1.1", .method), (String(repeating: "A", count: 33) + " / HTTP/1.1", .method),
        ("GET http:///a HTTP/1.1", .targetAuthority), ("GET http://u@a/ HTTP/1.1", .targetAuthority),
        ("GET http://a:b/ HTTP/1.1", .targetAuthority), ("GET http:// HTTP/1.1", .targetAuthority),
        ("GET http://a/[b] HTTP/1.1", .target), ("GET http://a/%4 HTTP/1.1", .target), ("GET /[b] HTTP/1.1", .target),
        ("GET ftp://a/ HTTP/1.1", .targetScheme), ("GET http:/a HTTP/1.1", .targetForm), ("GET ://a HTTP/1.1", .targetForm),
        ("CONNECT localhost:80 HTTP/1.1", .authorityTarget), ("GET localhost HTTP/1.1", .targetForm),
        ("GET localhost:80 HTTP/1.1", .targetForm), ("GET ?a HTTP/1.1", .targetForm), ("GET ** HTTP/1.1", .targetForm),
        ("GET /é HTTP/1.1", .target), ("GET /a#b HTTP/1.1", .targetFragment), ("GET http://a/#b HTTP/1.1", .targetFragment),
        ("GET /a\\b HTTP/1.1", .target),
        ("GET /a\"b HTTP/1.1", .target), ("GET /a\u{7F} HTTP/1.1", .target), ("GET /a\0 HTTP/1.1", .target),
        ("GET /a\tb HTTP/1.1", .target), ("GET /%4 HTTP/1.1", .target), ("GET /%4g HTTP/1.1", .target),
        ("GET /% HTTP/1.1", .target),
        ("GET / http/1.1", .version), ("GET / HTTP/11", .version), ("GET / HTTP/1,1", .version), ("GET / HTTP/a.b", .version),
        ("GET / HTTP/2.0", .unsupportedVersion), ("GET / HTTP/0.9", .unsupportedVersion),
        ("GET / HTTP/1.10", .requestLine)
    ])
    func `a request line outside the grammar is refused`(line: String, fault: HeadFault) {
        #expect(throws: fault) { try parse(line, "Host: a") }
    }

    /// RFC 9110 2.5: a minor version that is not known is the highest that is.
    @Test(arguments: ["HTTP/1.2", "HTTP/1.9"])
    func `a higher minor version is read as 1_1, and by its rules`(version: String) throws {
        let head = try parse("POST /a \(version)", "Host: a", "Transfer-Encoding: chunked", "Expect: 100-continue")
        #expect(head.version == .http1_1 && head.keepsAlive && head.expectsContinue && head.body == .chunked)
        #expect(throws: HeadFault.missingHost) { try parse("GET / \(version)", "X: y") }
        #expect(throws: HeadFault.foldedField) { try parse("GET / \(version)", "Host: a", " b") }
        #expect(throws: HeadFault.contentLengthWithTransferEncoding) {
            try parse("POST / \(version)", "Host: a", "Content-Length: 3", "Transfer-Encoding: chunked")
        }
    }

    @Test(arguments: [
        ("X-A : b", HeadFault.spaceBeforeColon), ("X-A\t: b", .spaceBeforeColon), (" X-A: b", .foldedField),
        ("\tfolded", .foldedField), ("X-A", .missingColon), (": b", .fieldName), ("X(A: b", .fieldName), ("X\0A: b", .fieldName),
        ("Xé: b", .fieldName), ("X-A: b\0c", .fieldValue), ("X-A: b\u{1B}c", .fieldValue), ("X-A: b\u{7F}", .fieldValue),
        ("X-A: b\rc", .bareCarriageReturn), ("X-A: b\r\rc", .bareCarriageReturn),
        ("Host: b", .duplicateHost), ("Authorization: a\r\nauthorization: a", .duplicateAuthorization),
        ("Content-Length: 3\r\nContent-Length: 3", .duplicateContentLength), ("Content-Length: 3, 3", .badContentLength),
        ("Content-Length: +3", .badContentLength), ("Content-Length: -0", .badContentLength),
        ("Content-Length:", .badContentLength),
        ("Content-Length: 0x3", .badContentLength), ("Content-Length: 3 3", .badContentLength),
        ("Content-Length: 9999999999999999999", .badContentLength),
        ("Content-Length: 3\r\nTransfer-Encoding: chunked", .contentLengthWithTransferEncoding),
        ("Transfer-Encoding: chunked\r\nContent-Length: 3", .contentLengthWithTransferEncoding),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .duplicateTransferEncoding),
        ("Transfer-Encoding: gzip, chunked", .unknownTransferEncoding), ("Transfer-Encoding: identity", .unknownTransferEncoding),
        ("Transfer-Encoding: xchunked", .unknownTransferEncoding), ("Transfer-Encoding: chunked;q=1", .unknownTransferEncoding),
        ("Expect: 200-ok", .expectation)
    ])
    func `a field outside the grammar is refused`(line: String, fault: HeadFault) {
        #expect(throws: fault) { try parse("GET / HTTP/1.1", "Host: a", line) }
    }

    // From `127.0.0.1:evil` on, A12: each was served, as the first part of it.
    @Test(arguments: [
        "a b", "a/b", "a@b", "a,b", "a?b", "é", "a\tb", "<a>", ":8790", "127.0.0.1:evil", "[::1].evil.example", "[::1]evil",
        "localhost:80:80", "localhost:evil.example", ".localhost", "a..localhost", "[::1", "::1", "[127.0.0.1]", "a:65536"
    ])
    func `A12: a Host that is none is refused`(host: String) {
        #expect(throws: HeadFault.badHost) { try parse("GET / HTTP/1.1", "Host: \(host)") }
    }

    @Test func `framing rules hold in HTTP 1.0 too`() {
        #expect(throws: HeadFault.transferEncodingInHTTP10) { try parse("POST / HTTP/1.0", "Transfer-Encoding: chunked") }
        #expect(throws: HeadFault.missingHost) { try parse("GET / HTTP/1.1", "X: y") }
        #expect(throws: HeadFault.duplicateHost) { try parse("GET / HTTP/1.0", "Host: a", "Host: a") }
    }

    @Test func `the number of fields is bounded`() throws {
        let fields = (0..<99).map { "X-\($0): a" }.joined(separator: "\r\n")
        #expect(try parse("GET / HTTP/1.1", "Host: a", fields).headers.count == 100)
        #expect(throws: HeadFault.tooManyFields) { try parse("GET / HTTP/1.1", "Host: a", fields, "One: more") }
    }

    @Test func `text above ASCII passes in a value and nowhere else`() throws {
        #expect(try parse("GET / HTTP/1.1", "Host: a", "X: é").headers["x"] == "é")
    }

    // A7: RFC 9112 3.2.2 says that a server must take these.
    @Test(arguments: [
        ("GET http://bursar.test/v1/balances?pretty HTTP/1.1", "/v1/balances?pretty", "bursar.test"),
        ("GET HTTPS://Bursar.Test:8787/a HTTP/1.1", "/a", "Bursar.Test:8787"), ("GET http://[::1]:1 HTTP/1.1", "/", "[::1]:1"),
        ("GET http://a?x HTTP/1.1", "/?x", "a"), ("OPTIONS http://a HTTP/1.1", "*", "a"),
        ("OPTIONS http://a/ HTTP/1.1", "/", "a")
    ])
    func `A7: an absolute target is read, and what it names stands in place of Host`(
        line: String, target: String, host: String
    ) throws {
        let head = try parse(line, "X: y", "Host: other.test", "Z: a")
        #expect(head.target == target)
        #expect(head.headers == ["x": "y", "host": host, "z": "a"])
        #expect(head.authority == Authority(host))
    }

    @Test func `A7: HTTP 1.0 may name the server in the target alone, 1.1 may not`() throws {
        let head = try parse("GET http://a:1/b HTTP/1.0", "X: y")
        #expect(head.headers == ["x": "y", "host": "a:1"])
        #expect(head.authority == Authority("a:1"))
        #expect(throws: HeadFault.missingHost) { try parse("GET http://a/ HTTP/1.1", "X: y") }
        #expect(throws: HeadFault.badHost) { try parse("GET http://a/ HTTP/1.1", "Host: a:b") }
    }

    // A6: a balancer's probe.
    @Test func `A6: an empty Host says that there is none`() throws {
        let head = try parse("GET / HTTP/1.1", "Host:")
        #expect(head.authority == nil)
        #expect(head.headers["host"] == "")
    }

    @Test func `every fault has a client's status and a sentence`() {
        for fault in HeadFault.allCases {
            #expect([400, 413, 414, 417, 431, 501, 505].contains(fault.status))
            #expect(fault.detail.hasSuffix("."))
        }
    }
}
