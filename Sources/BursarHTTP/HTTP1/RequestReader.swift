import BursarBasics
import NIOCore

/// Turns the bytes of a connection into whole requests, one after the other: a head, then a body within its bound. *Value.* No I/O, no
/// clock. Only the reader knows how far it has looked at a head, so whoever else takes bytes from the connection asks it first.
struct RequestReader {
    /// What the bytes so far amount to. *Value.*
    enum Event {
        /// No whole request yet; `isAtHeadStart` tells whether one has begun.
        case more
        /// The client waits for "100 Continue" before it sends the body. Reported once for each request.
        case expectsContinue
        case request(RequestHead, body: [UInt8])
        /// The connection cannot be read any further.
        case fault(HeadFault)
    }

    /// What the next byte belongs to. *Value.*
    enum Phase: Equatable {
        /// A head, of which `HeadScanner` has seen what there is. Left for a body; after a request without one the next head begins.
        case head
        /// A body of known length, with so many bytes to come. Then `head` again.
        case body(left: Int)
        /// A chunked body. Then `head` again.
        case chunks
        /// A rule was broken. Final.
        case failed
    }

    private(set) var phase = Phase.head
    private var scanner = HeadScanner()
    /// The head of the request whose body is being read.
    private var pendingHead: RequestHead?
    private var body: [UInt8] = []
    private var decoder = ChunkDecoder(limit: 0)
    /// The client waits for "100 Continue", and that was not reported yet.
    private var owesContinue = false
    private let headBytes: Int
    private let headerFields: Int
    private let bodyBytes: Int

    init(limits: ServerLimits) {
        headBytes = limits.headBytes
        headerFields = limits.headerFields
        bodyBytes = limits.bodyBytes
    }

    /// Whether the next byte is the first of a head.
    var isAtHeadStart: Bool { phase == .head && scanner.isAtStart }

    /// Skips a head that the caller knows already, byte for byte. Only at the start of a head.
    /// - Parameter length: the length of the known head that the bytes begin with; 0: they begin with another.
    /// - Returns: whether a head was skipped.
    mutating func skipKnownHead(_ bytes: inout ByteBuffer, _ length: (ByteBuffer) -> Int) -> Bool {
        guard isAtHeadStart else { return false }
        let known = length(bytes)
        guard known > 0 else { return false }
        bytes.moveReaderIndex(forwardBy: known)
        return true
    }

    /// Reads on in `bytes`. What it leaves there must come again at the next call, with the bytes that arrived since.
    mutating func next(_ bytes: inout ByteBuffer) -> Event {
        while true {
            switch phase {
            case .failed: return .fault(.requestLine)
            case .head:
                if let event = readHead(&bytes) { return event }
            case .body(let left):
                if owesContinue, bytes.readableBytes == 0 { return continueOnce() }
                let taken = min(left, bytes.readableBytes)
                bytes.readWithUnsafeReadableBytes { region in
                    body.append(contentsOf: region[0..<taken])
                    return taken
                }
                guard taken == left else {
                    phase = .body(left: left - taken)
                    return .more
                }
                return finish(body)
            case .chunks:
                if owesContinue, bytes.readableBytes == 0 { return continueOnce() }
                switch bytes.withUnsafeReadableBytes({ decoder.feed($0) }) {
                case .more:
                    bytes.moveReaderIndex(forwardBy: bytes.readableBytes)
                    return .more
                case .done(let consumed):
                    bytes.moveReaderIndex(forwardBy: consumed)
                    return finish(decoder.body)
                case .fault(let fault): return fail(fault)
                }
            }
        }
    }

    /// - Returns: nil where the head is complete and its body comes next.
    private mutating func readHead(_ bytes: inout ByteBuffer) -> Event? {
        let scanned = bytes.withUnsafeReadableBytes { scanner.scan($0, limit: headBytes) }
        switch scanned {
        case .incomplete: return .more
        case .fault(let fault): return fail(fault)
        case .complete(let length):
            let parsed: Result<RequestHead, HeadFault> = bytes.readWithUnsafeReadableBytes { region in
                let head = UnsafeRawBufferPointer(rebasing: region[0..<length])
                do throws(HeadFault) {
                    return (length, .success(try RequestHeadParser.parse(head, maximumFields: headerFields)))
                } catch {
                    return (length, .failure(error))
                }
            }
            scanner = HeadScanner()
            switch parsed {
            case .failure(let fault): return fail(fault)
            case .success(let head): return begin(head)
            }
        }
    }

    /// A head is complete: a request without a body is whole, for any other the body is awaited.
    private mutating func begin(_ head: RequestHead) -> Event? {
        switch head.body {
        case .none: return .request(head, body: [])
        case .length(let length):
            guard length <= bodyBytes else { return fail(.bodyTooLarge) }
            body.removeAll()
            phase = .body(left: length)
        case .chunked:
            decoder = ChunkDecoder(limit: bodyBytes)
            phase = .chunks
        }
        pendingHead = head
        owesContinue = head.expectsContinue
        return nil
    }

    private mutating func continueOnce() -> Event {
        owesContinue = false
        return .expectsContinue
    }

    private mutating func finish(_ whole: [UInt8]) -> Event {
        phase = .head
        body = []
        decoder = ChunkDecoder(limit: 0)
        owesContinue = false
        defer { pendingHead = nil }
        guard let pendingHead else { return fail(.requestLine) }
        return .request(pendingHead, body: whole)
    }

    private mutating func fail(_ fault: HeadFault) -> Event {
        phase = .failed
        pendingHead = nil
        return .fault(fault)
    }
}
