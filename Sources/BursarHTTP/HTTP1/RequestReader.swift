import BursarBasics
import NIOCore

/// Turns the bytes of a connection into whole requests, one after the other: head, then body within its bound. It alone knows how
/// far a head has been looked at, so whatever takes bytes from a connection asks it. No I/O, no clock. *Value.*
struct RequestReader {
    /// What the bytes so far amount to. *Value.*
    enum Event {
        /// No whole request yet; `isAtStart` tells whether one has begun.
        case more
        /// The client waits for "100 Continue" before it sends the body. Reported once a request.
        case expectsContinue
        case request(RequestHead, body: [UInt8])
        /// The connection cannot be read any further.
        case fault(HeadFault)
    }

    /// What the next byte belongs to. *Value.*
    enum Phase: Equatable {
        /// A head, of which `HeadScanner` has seen what there is. Leaves to a body or, without one, stays here.
        case head
        /// A body of known length, so many bytes still to come; then `head` again.
        case body(left: Int)
        /// A chunked body; then `head` again.
        case chunks
        /// A rule was broken; there is no way out.
        case failed
    }

    private(set) var phase = Phase.head
    private var scanner = HeadScanner()
    private var pendingHead: RequestHead?
    private var body: [UInt8] = []
    private var decoder = ChunkDecoder(limit: 0)
    private var owesContinue = false
    private let headBytes: Int
    private let headerFields: Int
    private let bodyBytes: Int

    init(limits: Limits) {
        headBytes = limits.headBytes
        headerFields = limits.headerFields
        bodyBytes = limits.bodyBytes
    }

    /// Whether the next byte is the first of a head.
    var isAtHeadStart: Bool { phase == .head && scanner.isAtStart }

    /// Steps over a head that was recognised by all of its bytes, where one may begin.
    /// - Parameter length: asked for only at the start of a head; 0: it is not the one.
    mutating func skipKnownHead(_ bytes: inout ByteBuffer, _ length: (ByteBuffer) -> Int) -> Bool {
        guard isAtHeadStart else { return false }
        let known = length(bytes)
        guard known > 0 else { return false }
        bytes.moveReaderIndex(forwardBy: known)
        return true
    }

    /// Uses up what it can of `bytes`; what is left belongs to a later call, with more bytes behind it.
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

    /// Nil: the head is complete and the body comes next.
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
