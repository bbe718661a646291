import BursarBasics

/// Reads the answer to one request, in whatever pieces it comes. *Value.* HTTP/1.1 and 1.0 (RFC 9112).
///
/// Everything that a server sends counts against a bound: heads, also those of interim answers, the lines of chunks with their trailers,
/// and the body. Where the message leaves a doubt about its own end it is refused.
struct ResponseReader: Sendable {
    package struct Limits: Sendable {
        /// Of all heads of one answer. Usual ones have 1 or 2 KiB; browsers stop at 256 KiB.
        var head = 64 * 1_024
        var fields = 200
        /// Lines of chunk sizes and trailers.
        var framing = 256 * 1_024
        var body: Int
        /// A redirect's status is all that is wanted of it; its body is not read.
        var skipsRedirects = true
    }

    enum Progress: Equatable {
        case more
        /// The answer is whole. The connection may be used again only where it says so and nothing came behind the answer.
        case done(reusable: Bool)
        /// It will not become whole.
        case failed(TransportFault)
    }

    enum State: Equatable {
        /// The first line of a head, of the answer or of an interim one. Exits: fields.
        case statusLine
        /// Exits: statusLine (it was an interim answer), one of the bodies, done.
        case fields
        /// So many bytes are left. Exit: done.
        case sized(left: Int)
        /// Until the connection ends. Exit: done.
        case unsized
        /// Exits: chunk, trailers.
        case chunkSize
        /// Exit: chunkEnd.
        case chunk(left: Int)
        /// The line's end behind a chunk. Exit: chunkSize.
        case chunkEnd
        /// Exit: done.
        case trailers
        /// Final.
        case done(reusable: Bool)
        /// Final.
        case failed(TransportFault)
    }

    private(set) var state = State.statusLine
    private let limits: Limits
    /// Without a body, whatever the head says (RFC 9112 6.3).
    private let isHeadRequest: Bool
    private var line: [UInt8] = []
    private var headBytes = 0
    private var framingBytes = 0
    private var head = ResponseHead()
    private var hasHead = false
    private var body: [UInt8] = []

    init(limits: Limits, method: String = "GET") {
        self.limits = limits
        isHeadRequest = method == "HEAD"
    }

    /// What is known: nil before a whole head. The body is there only when it is whole.
    func response(endedBy fault: TransportFault? = nil) -> ClientResponse? {
        guard hasHead else { return nil }
        var fault = fault?.duringBody
        if case .failed(let own) = state { fault = own.duringBody }
        if case .done = state { fault = nil }
        return ClientResponse(status: head.status, fields: head.fields, body: fault == nil ? body : [], fault: fault)
    }

    /// What is there of the body of a 200, for a reader that wants it as it comes. It no longer counts against the limits, which such an
    /// answer has for what is not taken.
    mutating func takeBody() -> [UInt8]? {
        guard hasHead, head.status == 200, !body.isEmpty else { return nil }
        framingBytes = 0
        defer { body = [] }
        return body
    }

    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Progress {
        var rest = bytes[...]
        while true {
            switch state {
            case .done(let reusable):
                if !rest.isEmpty { state = .done(reusable: false) }
                return .done(reusable: reusable && rest.isEmpty)
            case .failed(let fault):
                return .failed(fault)
            case .sized(let left):
                let part = rest.prefix(left)
                body.append(contentsOf: part)
                rest = rest[part.endIndex...]
                state = part.count == left ? .done(reusable: head.isPersistent) : .sized(left: left - part.count)
            case .unsized:
                take(&rest, upTo: rest.count)
            case .chunk(let left):
                let taken = take(&rest, upTo: left)
                if case .chunk = state { state = taken == left ? .chunkEnd : .chunk(left: left - taken) }
            case .statusLine, .fields, .chunkSize, .chunkEnd, .trailers:
                guard takeLine(&rest) else { break }
                lineEnded()
            }
            if rest.isEmpty, !isFinal { return .more }
        }
    }

    private var isFinal: Bool {
        switch state {
        case .done, .failed: true
        default: false
        }
    }

    /// The connection ended. - Parameter cleanly: with TLS, as TLS says goodbye; otherwise whoever cut it may have cut the answer.
    mutating func ended(cleanly: Bool) -> Progress {
        switch state {
        case .unsized where cleanly: state = .done(reusable: false)
        case .statusLine, .fields: state = .failed(.reset)
        case .unsized, .sized, .chunkSize, .chunk, .chunkEnd, .trailers: state = .failed(.truncated)
        case .done, .failed: break
        }
        switch state {
        case .done(let reusable): return .done(reusable: reusable)
        case .failed(let fault): return .failed(fault)
        default: return .more
        }
    }

    @discardableResult
    private mutating func take(_ rest: inout Slice<UnsafeRawBufferPointer>, upTo count: Int) -> Int {
        let part = rest.prefix(count)
        guard body.count + part.count <= limits.body else {
            fail(.bodyTooLarge)
            return 0
        }
        body.append(contentsOf: part)
        rest = rest[part.endIndex...]
        return part.count
    }

    private mutating func fail(_ fault: TransportFault) {
        state = .failed(fault)
        body = []
    }
}

// MARK: - Lines

extension ResponseReader {
    /// Moves what is there of a line into ``line``. True where its end is there; the end is taken off.
    private mutating func takeLine(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Bool {
        let part = rest.prefix { $0 != 0x0A }
        let hasEnd = part.endIndex < rest.endIndex
        let count = part.count + (hasEnd ? 1 : 0)
        switch state {
        case .statusLine, .fields: headBytes += count
        default: framingBytes += count
        }
        guard headBytes <= limits.head, framingBytes <= limits.framing else {
            fail(.badHTTP)
            return false
        }
        line.append(contentsOf: part)
        rest = rest[part.endIndex...].dropFirst(hasEnd ? 1 : 0)
        guard hasEnd else { return false }
        guard line.popLast() == 0x0D else {
            fail(.badHTTP)
            return false
        }
        return true
    }

    private mutating func lineEnded() {
        defer { line.removeAll(keepingCapacity: true) }
        switch state {
        case .statusLine:
            guard let started = ResponseHead(statusLine: line) else { return fail(.badHTTP) }
            head = started
            state = .fields
        case .fields where line.isEmpty:
            headEnded()
        case .fields:
            guard head.fields.count < limits.fields, head.add(line: line) else { return fail(.badHTTP) }
        case .chunkSize:
            guard let size = Self.chunkSize(line) else { return fail(.badHTTP) }
            guard size <= limits.body - body.count else { return fail(.bodyTooLarge) }
            state = size == 0 ? .trailers : .chunk(left: size)
        case .chunkEnd:
            guard line.isEmpty else { return fail(.badHTTP) }
            state = .chunkSize
        case .trailers where line.isEmpty:
            state = .done(reusable: head.isPersistent)
        case .trailers:
            // Nothing of a trailer is wanted, but it must be one.
            var trailer = ResponseHead()
            guard trailer.add(line: line) else { return fail(.badHTTP) }
        case .sized, .unsized, .chunk, .done, .failed:
            break
        }
    }

    private mutating func headEnded() {
        if (100..<200).contains(head.status) {
            // Nobody asked for another protocol.
            guard head.status != 101 else { return fail(.badHTTP) }
            state = .statusLine
            return
        }
        guard let framing = head.framing else { return fail(.badHTTP) }
        hasHead = true
        if isHeadRequest || head.status == 204 || head.status == 304 {
            state = .done(reusable: head.isPersistent)
            return
        }
        if limits.skipsRedirects, (300..<400).contains(head.status) {
            state = .done(reusable: head.isPersistent && framing == .sized(0))
            return
        }
        switch framing {
        case .sized(0): state = .done(reusable: head.isPersistent)
        case .sized(let size) where size > limits.body: fail(.bodyTooLarge)
        case .sized(let size): state = .sized(left: size)
        case .chunked: state = .chunkSize
        case .unsized: state = .unsized
        }
    }

    /// Hexadecimal digits, then perhaps extensions, of which nothing is wanted (RFC 9112 7.1.1). Nil where that is not so.
    private static func chunkSize(_ line: [UInt8]) -> Int? {
        var size = 0
        var count = 0
        for byte in line {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            case 0x20, 0x09, UInt8(ascii: ";"):
                let rest = line[count...].drop { $0 == 0x20 || $0 == 0x09 }
                guard count > 0, rest.isEmpty || rest.first == UInt8(ascii: ";"), HTTPText.isValue(rest) else { return nil }
                return size
            default: return nil
            }
            count += 1
            // Eight digits are 4 GiB, which is over every limit here.
            guard count <= 8 else { return nil }
            size = size << 4 | Int(digit)
        }
        return count > 0 ? size : nil
    }
}
