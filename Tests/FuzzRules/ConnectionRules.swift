import NIOCore

@testable import BursarHTTP

extension FuzzTarget {
    /// A whole connection: requests and other bytes, how they are cut, and what changes behind it meanwhile. The first byte chooses
    /// the protocol, a PROXY header, and a bound on requests.
    static let connection = FuzzTarget(
        "connection", home: "BursarHTTPTests", longest: 256,
        words: [
            "GET ", " HTTP/1.1\r\n", "Host: a\r\n", "\r\n\r\n", "POST ", "Content-Length: 3\r\n", "Connection: close\r\n",
            "OPTIONS * HTTP/1.0\r\n\r\n", "GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n"
        ], checkConnection)
}

/// What a connection says does not depend on whether it repeats answers by itself, nor, in HTTP/1.1, on how the bytes arrive.
private func checkConnection(_ bytes: [UInt8]) throws(BrokenRule) {
    guard let first = bytes.first else { return }
    let events = ConnectionEvent.read(bytes.dropFirst(), most: 64)
    var stage = ConnectionPlay.Stage()
    (stage.isHTTP2, stage.hasProxyHeader, stage.isShort) = (first & 1 == 1, first & 2 == 2, first & 4 == 4)
    let asking = try play(events, stage, mayRepeat: false)
    try demandSame(asking, try play(events, stage, mayRepeat: true), "by itself")
    // In HTTP/2 the order of frames follows the reads. A client that waits for 100 gets none where its body came with the head.
    guard !stage.isHTTP2, !events.contains(where: \.mayExpectContinue) else { return }
    stage.piece = 1 + Int(first >> 3)
    try demandSame(asking, try play(events, stage, mayRepeat: true), "in pieces of \(stage.piece)")
}

extension ConnectionEvent {
    /// Whether bytes of the client's own may be of an `Expect`.
    fileprivate var mayExpectContinue: Bool {
        if case .bytes(let bytes) = self { bytes.contains { $0 | 0x20 == UInt8(ascii: "x") } } else { false }
    }
}

private func play(
    _ events: [ConnectionEvent], _ stage: ConnectionPlay.Stage, mayRepeat: Bool
) throws(BrokenRule) -> ConnectionPlay {
    var stage = stage
    stage.mayRepeat = mayRepeat
    do {
        return try ConnectionPlay(events, stage)
    } catch {
        throw BrokenRule(description: "a play ends with \(error)")
    }
}

private func demandSame(_ expected: ConnectionPlay, _ other: ConnectionPlay, _ how: String) throws(BrokenRule) {
    for (index, output) in expected.outputs.enumerated() where other.outputs[index] != output {
        throw BrokenRule(
            description: "event \(index) is answered otherwise \(how): \(String(decoding: other.outputs[index], as: UTF8.self)) "
                + "instead of \(String(decoding: output, as: UTF8.self))")
    }
    try demand(expected.isOpen == other.isOpen, "the connection ends at another event \(how)")
}
