/// Reads one request head, strictly. *Pure; any thread.*
///
/// Why it is ours and not NIOHTTP1's (llhttp): the warm read is what this program exists for, and measured beside each other the
/// codec costs as much as everything else of a hit together, because it makes text of every field and an event of every part.
/// Here a head is one copy of its bytes with the places of names and values. The second reason is strictness. A gateway that
/// holds keys stands behind reverse proxies; whatever two parsers could read in two ways is refused, and the connection closed:
///
/// | refused | with | because |
/// |---|---|---|
/// | LF without CR, CR without LF, NUL and other controls in a value | 400 | RFC 9112 2.2, RFC 9110 5.5: request smuggling |
/// | obs-fold, blank before the colon, a field name that is no token | 400 | RFC 9112 5.1, 5.2 |
/// | Content-Length twice (even with one value), or with Transfer-Encoding, or not digits only | 400 | RFC 9112 6.3 |
/// | Transfer-Encoding other than one `chunked`, or in HTTP/1.0 | 501, 400 | RFC 9112 6.1 |
/// | no Host in 1.1, two, or one that is no host | 400 | RFC 9112 3.2 |
/// | two Authorization fields | 400 | which one a proxy looked at is not known |
/// | authority-form, a target with a byte outside the grammar, a cut "%" | 400 | this is no proxy |
/// | another major version than 1 | 505 | |
/// | a method of more than 32 bytes | 400 | `RequestMethod` |
/// | more than 16 KiB or 100 fields | 431, 414 within the request line | `ServerLimits` |
///
/// Memory: every loop below runs inside `bytes`; an index is compared with the count before it is used. Debug builds, in which
/// the mutation fuzz runs, check each access as well.
package enum RequestHeadParser {
    /// - Parameter head: the bytes of one head including its empty line, as `HeadScanner` found them.
    package static func parse(_ head: UnsafeRawBufferPointer, maximumFields: Int = 100) throws(HeadFault) -> RequestHead {
        var storage = [UInt8](head)
        var places: [HeaderFields.Place] = []
        let parts = try storage.withUnsafeMutableBufferPointer { bytes throws(HeadFault) in
            try Self.parts(bytes, &places, maximumFields)
        }
        if let authority = parts.target.authority { Self.replaceHost(&storage, &places, with: authority.place) }
        return RequestHead(
            method: parts.method, target: parts.target.text, version: parts.version,
            headers: HeaderFields(checked: storage, places: places),
            authority: parts.target.authority?.value ?? parts.facts.authority, body: parts.facts.framing,
            keepsAlive: parts.facts.close ? false : (parts.version == .http1_1 || parts.facts.keepAlive),
            expectsContinue: parts.facts.expectsContinue && parts.version == .http1_1)
    }

    /// What an absolute target names is what `Host` says from here on, whatever it said (RFC 9112 3.2.2).
    private static func replaceHost(_ storage: inout [UInt8], _ places: inout [HeaderFields.Place], with value: Range<Int>) {
        let value = UInt32(truncatingIfNeeded: value.lowerBound)..<UInt32(truncatingIfNeeded: value.upperBound)
        let host = Array("host".utf8)
        let index = places.firstIndex { storage[Int($0.name.lowerBound)..<Int($0.name.upperBound)].elementsEqual(host) }
        if let index {
            places[index] = HeaderFields.Place(name: places[index].name, value: value)
        } else {
            let start = UInt32(truncatingIfNeeded: storage.count)
            storage += host
            places.append(HeaderFields.Place(name: start..<UInt32(truncatingIfNeeded: storage.count), value: value))
        }
    }

    /// The request line and what the fields said. *Value.*
    private struct Parts {
        var method: String
        var target: RequestTarget
        var version: HTTPVersion
        var facts: FramingFacts
    }

    private static func parts(
        _ bytes: UnsafeMutableBufferPointer<UInt8>, _ places: inout [HeaderFields.Place], _ maximumFields: Int
    ) throws(HeadFault) -> Parts {
        var index = RequestMethod.length(beginning: bytes)
        guard RequestMethod.mayHave(length: index) else { throw index == 0 ? .requestLine : .method }
        guard index < bytes.count, bytes[index] == 0x20 else {
            throw index < bytes.count && (bytes[index] == 0x0D || bytes[index] == 0x09) ? .requestLine : .method
        }
        let method = 0..<index

        index += 1
        let targetRange = index..<(try RequestTarget.end(from: index, bytes))
        index = targetRange.upperBound + 1
        let version = try version(at: &index, bytes)
        let target = try RequestTarget(targetRange, method: method, bytes)
        guard index + 1 < bytes.count, bytes[index] == 0x0D, bytes[index + 1] == 0x0A else { throw .requestLine }
        index += 2

        places.reserveCapacity(16)
        var facts = FramingFacts(version: version)
        while true {
            guard index + 1 < bytes.count else { throw .requestLine }
            if bytes[index] == 0x0D {
                guard bytes[index + 1] == 0x0A, index + 2 == bytes.count else { throw .bareCarriageReturn }
                break
            }
            guard places.count < maximumFields else { throw .tooManyFields }
            let place = try FieldLine.read(at: &index, bytes)
            try facts.note(place, bytes)
            places.append(place)
        }
        try facts.finish(bytes)
        return Parts(method: text(bytes, method), target: target, version: version, facts: facts)
    }

    private static func version(at index: inout Int, _ bytes: UnsafeMutableBufferPointer<UInt8>) throws(HeadFault) -> HTTPVersion
    {
        guard index + 8 <= bytes.count, bytes[index] == 0x48, bytes[index + 1] == 0x54, bytes[index + 2] == 0x54,
            bytes[index + 3] == 0x50, bytes[index + 4] == 0x2F, bytes[index + 6] == 0x2E
        else { throw .version }
        let (major, minor) = (bytes[index + 5], bytes[index + 7])
        guard major &- 0x30 < 10, minor &- 0x30 < 10 else { throw .version }
        index += 8
        switch (major, minor) {
        case (0x31, 0x30): return .http1_0
        // A higher minor version is read as the highest that is known (RFC 9110 2.5), by the same rules.
        case (0x31, _): return .http1_1
        default: throw .unsupportedVersion
        }
    }

    private static func text(_ bytes: UnsafeMutableBufferPointer<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
}
