import NIOCore

/// Writes response heads as HTTP/1.1 bytes. *Pure functions over a buffer.*
enum HTTP1Writer {
    /// What the `Connection` field says, if anything. *Value.*
    enum Persistence {
        /// 1.1 and kept: nothing needs to be said.
        case implied
        /// Kept for a 1.0 client that asked for it.
        case keepAlive
        case close

        var line: StaticString {
            switch self {
            case .implied: ""
            case .keepAlive: "Connection: keep-alive\r\n"
            case .close: "Connection: close\r\n"
            }
        }
    }

    /// Copies a prepared response and puts in Date and Age. Returns false when its body is too large to be copied and must be
    /// written as a buffer of its own.
    static func write(
        _ prepared: PreparedResponse, withBody: Bool, persistence: Persistence, dates: DateCache, now: NIODeadline,
        to out: inout ByteBuffer
    ) -> Bool {
        let line = persistence.line
        let rest = prepared.http1Rest
        let emptyLines = prepared.age == nil ? 2 : 4
        let restCount = withBody ? rest.count : emptyLines
        let room = prepared.http1Head.count + mostAgeDigits + line.utf8CodeUnitCount + restCount
        out.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
            var end = target.put(prepared.http1Head, at: 0)
            _ = target.put(dates.bytes, at: prepared.datePlace)
            var restStart = 0
            if let age = prepared.age?.seconds(at: now) {
                end = target.put(decimal: age, at: end)
                end = target.put("\r\n", at: end)
                restStart = 2
            }
            end = target.put(line, at: end)
            return target.put(rest, from: restStart, to: restCount, at: end)
        }
        return !withBody || prepared.restHasBody || prepared.body.readableBytes == 0
    }

    /// Age in seconds of an `Int64` never has more digits.
    private static let mostAgeDigits = 20

    /// Writes the head of a response that was not prepared. `contentLength` nil: none is said (204, 304, a produced body).
    static func write(
        head response: Response, contentLength: Int?, isChunked: Bool = false, persistence: Persistence, dates: DateCache,
        now: NIODeadline, to out: inout ByteBuffer
    ) {
        var head: [UInt8] = []
        head.reserveCapacity(256)
        head.append(contentsOf: HTTPStatus.line(response.status).utf8)
        head.append(contentsOf: "Date: ".utf8)
        head.append(contentsOf: dates.bytes)
        head.append(contentsOf: "\r\n".utf8)
        var fields = response.headers
        for name in HeaderFields.ownedByServer { fields.remove(name) }
        fields.appendHTTP1(to: &head)
        if let age = response.age { head.append(contentsOf: "Age: \(age.seconds(at: now))\r\n".utf8) }
        if let contentLength { head.append(contentsOf: "Content-Length: \(contentLength)\r\n".utf8) }
        if isChunked { head.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8) }
        persistence.line.withUTF8Buffer { head.append(contentsOf: $0) }
        head.append(contentsOf: "\r\n".utf8)
        out.writeBytes(head)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Copies the bytes to `place` and returns where they end. The caller asked for the room.
    fileprivate func put(_ bytes: [UInt8], at place: Int) -> Int { put(bytes, from: 0, to: bytes.count, at: place) }

    fileprivate func put(_ bytes: [UInt8], from start: Int, to end: Int, at place: Int) -> Int {
        guard start < end else { return place }
        bytes.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(rebasing: self[place..<(place + end - start)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<end]))
        }
        return place + end - start
    }

    fileprivate func put(_ text: StaticString, at place: Int) -> Int {
        text.withUTF8Buffer { source in
            guard !source.isEmpty else { return place }
            UnsafeMutableRawBufferPointer(rebasing: self[place..<(place + source.count)]).copyMemory(
                from: UnsafeRawBufferPointer(source))
            return place + source.count
        }
    }

    /// Writes a number that is not negative in decimal digits.
    fileprivate func put(decimal number: Int64, at place: Int) -> Int {
        var digits = 1
        var power = number / 10
        while power > 0 {
            digits += 1
            power /= 10
        }
        var left = number
        for index in (place..<(place + digits)).reversed() {
            self[index] = UInt8(truncatingIfNeeded: 0x30 + left % 10)
            left /= 10
        }
        return place + digits
    }
}
