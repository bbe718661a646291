import BursarBasics
import Testing

@testable import BursarClient

@Suite struct ResponseReaderTests {
    private func reader(body: Int = 1_000, method: String = "GET") -> ResponseReader {
        ResponseReader(limits: ResponseReader.Limits(head: 400, fields: 5, framing: 100, body: body), method: method)
    }

    /// Reads `text` in pieces of that many bytes and then, where nothing is decided, the connection's end.
    private func read(_ text: String, by size: Int = .max, method: String = "GET", end: Bool? = true) -> (
        ResponseReader, ResponseReader.Progress
    ) {
        var reader = reader(method: method)
        var rest = Array(text.utf8)[...]
        var progress = ResponseReader.Progress.more
        while !rest.isEmpty {
            let piece = Array(rest.prefix(size))
            rest = rest.dropFirst(piece.count)
            progress = piece.withUnsafeBytes { reader.read($0) }
        }
        if progress == .more, let end { progress = reader.ended(cleanly: end) }
        return (reader, progress)
    }

    private static let good: [(String, String, Bool)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi", true),
        ("HTTP/1.1 200\r\ncontent-length:2\r\ncontent-length: 2 , 2\r\n\r\nhi", "hi", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\nh\r\n1 ; x=y\r\ni\r\n00\r\nTrailer: x\r\n\r\n", "hi", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive, Close\r\n\r\nhi", "hi", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi", "hi", false),
        ("HTTP/1.1 200 OK\r\n\r\nhi", "hi", false),
        (
            "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "",
            true
        ),
        ("HTTP/1.1 204 No\r\nContent-Length: 9\r\n\r\n", "", true), ("HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n", "", true),
        ("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 9\r\n\r\n", "", false),
        ("HTTP/1.1 200 OK\r\nX: one\r\n two\r\nContent-Length: 0\r\n\r\n", "", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200", "hi", false)
    ]

    @Test(arguments: good)
    func `a whole answer is read, however it is cut`(text: String, body: String, reusable: Bool) {
        for size in [Int.max, 1, 2, 3, 7] {
            let (reader, progress) = read(text, by: size)
            let isReusable = progress == .done(reusable: true)
            #expect(progress == .done(reusable: reusable) && isReusable == reusable, "\(size)")
            #expect(reader.response().map { String(decoding: $0.body, as: UTF8.self) } == body)
            #expect(reader.response()?.fault == nil)
        }
    }

    @Test func `fields come in order, in lower case, without the blanks around them, folded lines joined`() {
        let (reader, _) = read("HTTP/1.1 200 OK\r\nX-A: \t one \r\n\ttwo\r\nx-b:\r\nContent-Length: 0\r\n\r\n")
        let fields = reader.response()?.fields.map { "\($0.name)=\($0.value)" }
        #expect(fields == ["x-a=one two", "x-b=", "content-length=0"])
    }

    @Test(arguments: [
        "no http at all\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 200OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "HTTP/1.1 200 OK\r\n x: y\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\u{0}b\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1,\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\na: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\ne: 5\r\nf: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 400)
    ])
    func `what is no head is refused, however it is cut`(text: String) {
        for size in [Int.max, 1] {
            let (reader, progress) = read(text, by: size)
            #expect(progress == .failed(.badHTTP))
            #expect(reader.response() == nil)
        }
    }

    @Test(arguments: [
        ("x\r\n", TransportFault.truncated), ("\r\n", .truncated), ("1\r\nhix", .truncated), ("1 x\r\n", .truncated),
        ("123456789\r\n", .truncated), ("1;\u{1}\r\n", .truncated), ("0\r\nno colon\r\n", .truncated),
        ("fffff\r\n", .bodyTooLarge),
        ("1;" + String(repeating: "x", count: 100), .truncated), ("0\r\na: b\r\n", .truncated), ("1\r\nh", .truncated)
    ])
    func `chunks that are none cost the body and not the head`(chunks: String, fault: TransportFault) {
        for size in [Int.max, 1] {
            let (reader, _) = read("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, by: size)
            let response = reader.response(endedBy: .reset)
            #expect(response?.status == 503)
            #expect(response?.fault == fault)
            #expect(response?.body.isEmpty == true)
        }
    }

    @Test func `an end before the head, in a body, or behind one that has no other end`() {
        #expect(read("HTTP/1.1 20").1 == .failed(.reset))
        #expect(read("").1 == .more || read("").1 == .failed(.reset))
        #expect(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi").1 == .failed(.truncated))
        #expect(read("HTTP/1.1 200 OK\r\n\r\nhi", end: true).1 == .done(reusable: false))
        // TLS that ends without its goodbye may have been cut by anyone.
        #expect(read("HTTP/1.1 200 OK\r\n\r\nhi", end: false).1 == .failed(.truncated))
    }

    @Test func `the answer to HEAD has no body, whatever it says`() {
        let (reader, progress) = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", method: "HEAD")
        #expect(progress == .done(reusable: true))
        #expect(reader.response()?.values(of: "content-length") == ["5"])
    }

    @Test func `random cuts and random damage never trap, and cuts change nothing`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3_000 {
            var bytes = Array((Self.good.randomElement(using: &random)?.0 ?? "").utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            }
            var whole = reader()
            _ = bytes.withUnsafeBytes { whole.read($0) }
            var pieces = reader()
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(Int.random(in: 1...9, using: &random)))
                rest = rest.dropFirst(piece.count)
                _ = piece.withUnsafeBytes { pieces.read($0) }
            }
            #expect(whole.state == pieces.state, "\(bytes)")
            #expect(whole.response()?.body == pieces.response()?.body)
        }
    }

    /// Sixteen thousand folds fit into a head, and one event loop serves every call.
    @Test func `a line that continues a field is added to its value in place`() throws {
        var head = ResponseHead()
        _ = head.add(line: Array("X: \(String(repeating: "a", count: 64))".utf8))
        var moves = 0
        var place = 0
        for _ in 0..<4_000 {
            _ = head.add(line: Array(" b".utf8))
            let now = head.fields[0].value.utf8.withContiguousStorageIfAvailable { Int(bitPattern: $0.baseAddress) }
            if try #require(now) != place { (moves, place) = (moves + 1, now ?? 0) }
        }
        #expect(head.fields[0].value.utf8.count == 64 + 2 * 4_000)
        // As often as the memory doubles; it was with each line.
        #expect(moves < 40, "\(moves)")
    }
}
