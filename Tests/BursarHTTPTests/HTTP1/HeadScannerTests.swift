import Testing

@testable import BursarHTTP

@Suite struct HeadScannerTests {
    private func scan(_ text: String, limit: Int = 100) -> HeadScanner.Result {
        var scanner = HeadScanner()
        return Array(text.utf8).withUnsafeBytes { scanner.scan($0, limit: limit) }
    }

    @Test func `the end is found in one piece and byte by byte`() {
        let text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(scan(text + "more") == .complete(text.utf8.count))
        var scanner = HeadScanner()
        let bytes = Array(text.utf8)
        for count in 1..<bytes.count {
            #expect(bytes.withUnsafeBytes { scanner.scan(.init(rebasing: $0[..<count]), limit: 100) } == .incomplete)
        }
        #expect(bytes.withUnsafeBytes { scanner.scan($0, limit: 100) } == .complete(bytes.count))
    }

    @Test(arguments: ["GET / HTTP/1.1\n", "\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\n\n"])
    func `a line feed alone ends it at once`(text: String) { #expect(scan(text) == .fault(.bareLineFeed)) }

    @Test func `a head of exactly the limit passes and one byte more does not`() {
        let head = "GET / HTTP/1.1\r\n" + String(repeating: "x", count: 80) + "\r\n\r\n"
        #expect(scan(head, limit: 100) == .complete(100))
        #expect(scan(head, limit: 99) == .fault(.headTooLarge))
        #expect(scan(String(repeating: "x", count: 101), limit: 100) == .fault(.method))
        #expect(scan(String(repeating: "x", count: 100), limit: 100) == .incomplete)
    }

    /// RFC 9112 3: 431, with advice about cookies, helped nobody whose URL was too long.
    @Test(arguments: [
        ("GET /" + String(repeating: "x", count: 200), HeadFault.targetTooLong),
        ("GET /" + String(repeating: "x", count: 200) + " HTTP/1.1\r\nHost: a\r\n\r\n", .targetTooLong),
        ("GET /" + String(repeating: "x", count: 200) + "\n", .targetTooLong),
        ("GET / " + String(repeating: "x", count: 200), .requestLine),
        (String(repeating: "A", count: 40) + " /" + String(repeating: "x", count: 200), .method),
        ("GET / HTTP/1.1\r\nCookie: " + String(repeating: "x", count: 200), .headTooLarge)
    ])
    func `what passed the limit is told, however it is cut`(text: String, fault: HeadFault) {
        #expect(scan(text) == .fault(fault))
        var scanner = HeadScanner()
        let bytes = Array(text.utf8)
        for count in 1...bytes.count {
            let result = bytes.withUnsafeBytes { scanner.scan(.init(rebasing: $0[..<count]), limit: 100) }
            if result == .incomplete { continue }
            return #expect(result == .fault(fault) && count == 101)
        }
        Issue.record("nothing was told")
    }
}
