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
        ], seeds: { connectionSeeds }, checkConnection)
}

/// What a connection says does not depend on whether it repeats answers by itself, nor on how the bytes arrive: in how many reads, and
/// whether several of them come in one turn, as a TLS record after the other does.
private func checkConnection(_ bytes: [UInt8]) throws(BrokenRule) {
    guard let first = bytes.first else { return }
    let events = ConnectionEvent.read(bytes.dropFirst(), most: 64)
    var stage = ConnectionPlay.Stage()
    (stage.isHTTP2, stage.hasProxyHeader, stage.isShort) = (first & 1 == 1, first & 2 == 2, first & 4 == 4)
    let asking = try play(events, stage, mayRepeat: false)
    try demandSame(asking, try play(events, stage, mayRepeat: true), "by itself")
    stage.piece = 1 + Int(first >> 3)
    stage.isGathered = stage.piece.isMultiple(of: 2)
    let how = "in pieces of \(stage.piece)"
    if stage.isHTTP2 {
        let cut = try play(events, stage, mayRepeat: true)
        let (said, expected) = (try HTTP2Conversation(cut.output), try HTTP2Conversation(asking.output))
        let isWhole = !events.contains { if case .bytes = $0 { true } else { false } }
        try demand(said.saysTheSame(as: expected, isWhole: isWhole), "\(said)\n\(how) instead of\n\(expected)")
        if isWhole { try demand(cut.isOpen.last == asking.isOpen.last, "the connection ends otherwise \(how)") }
    } else if !events.contains(where: \.mayExpectContinue) {
        // A client that waits for 100 gets none where its body came with the head.
        try demandSame(asking, try play(events, stage, mayRepeat: true), how)
    }
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

/// For each kind of connection: a head three times, the same in two reads, and a shorter one; a change and a repetition; answers that
/// take time; a drain.
private let connectionSeeds: [[UInt8]] = (0..<8 as Range<UInt8>).flatMap { stage -> [[UInt8]] in
    let long: UInt8 = 21, short: UInt8 = 0, whole: UInt8 = 0x60
    return [
        [stage, long, whole, long, whole, long, whole, long, 0x6F, 16, whole, short, whole],
        [stage | 0x18, short, whole, short, whole, 0xA0, short, short, whole, 0xB0, short, whole, 0xC7, short, whole],
        [stage | 0x30, 5, short, 0x61, 30, short, whole, 0xE0, 7, 42, whole, 49, 56, whole, 63, whole],
        [stage | 0x48, 2, whole, 2, whole, 0xC4, 2, whole, 35, whole, 35, 0x62, 9, 0xD0, whole, short, whole]
    ]
}
