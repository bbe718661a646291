@testable import BursarClient

extension FuzzTarget {
    /// What a server answers to a client of ours.
    static let response = FuzzTarget(
        "response", home: "BursarClientTests",
        words: [
            "HTTP/1.1 200 OK\r\n", "HTTP/1.0 200 OK\r\n", "HTTP/1.1 103 Early Hints\r\n", "HTTP/1.1 304 Not Modified\r\n", "\r\n",
            "\r\n\r\n",
            "Content-Length: ", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "0\r\n\r\n", "ffffffff",
            "99999999999999999999",
            "Location: /\r\n", ";a=b"
        ],
        seeds: { responseSeeds.map { Array($0.utf8) } }, checkResponse)
}

private let responseSeeds = [
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 103 Early Hints\r\na: b\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nt: r\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\nuntil the end",
    "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 9\r\n\r\n",
    "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n"
]

/// The same answer and the same end however the bytes are cut; never more than the limits; what follows an answer costs the connection.
private func checkResponse(_ bytes: [UInt8]) throws(BrokenRule) {
    let whole = ResponseReading(bytes, piece: .max)
    for piece in [1, 7] { try demand(whole == ResponseReading(bytes, piece: piece), "reads differently in pieces of \(piece)") }
    if case .done(reusable: true) = whole.progress {
        var longer = ResponseReading(bytes + [0x48], piece: .max)
        try demand(longer.progress == .done(reusable: false), "a byte behind an answer leaves its connection in use")
        longer.progress = whole.progress
        try demand(longer == whole, "a byte behind an answer changes the answer")
    }
    let size = whole.response?.body.count ?? 0
    try demand(size <= min(ResponseReading.limits.body, bytes.count), "a body of \(size) bytes")
}

/// What an answer's bytes amount to when the connection ends behind them, in a form that can be compared. *Value.*
private struct ResponseReading: Equatable {
    static let limits = ResponseReader.Limits(body: 1_024)

    struct Answer: Equatable {
        let status: Int
        let fields: [String]
        let body: [UInt8]
        let fault: TransportFault?
    }

    var progress: ResponseReader.Progress
    var response: Answer?

    init(_ bytes: [UInt8], piece: Int) {
        var reader = ResponseReader(limits: Self.limits)
        progress = .more
        var offset = 0
        while offset < bytes.count {
            let end = offset + min(piece, bytes.count - offset)
            progress = bytes.withUnsafeBytes { reader.read(UnsafeRawBufferPointer(rebasing: $0[offset..<end])) }
            offset = end
        }
        // Of an answer that was whole before its last bytes came, those say by themselves that the connection is spent.
        if case .more = progress { progress = reader.ended(cleanly: true) }
        if case .done = progress { progress = reader.ended(cleanly: true) }
        response = reader.response().map {
            Answer(status: $0.status, fields: $0.fields.map { "\($0.name): \($0.value)" }, body: $0.body, fault: $0.fault)
        }
    }
}
