import BursarBasics

/// Decodes a chunked request body that arrives in pieces, within a bound. *Value.*
///
/// Strict where decoders differ: sizes are hex digits only, every line ends with CR LF, extensions are skipped but only in
/// visible ASCII and up to `longestLine`, trailer fields have the grammar of all fields (`FieldLine`) and are dropped.
struct ChunkDecoder {
    enum Result: Equatable {
        /// All given bytes belonged to the body, and more are to come.
        case more
        /// The body is whole; so many of the given bytes belonged to it.
        case done(consumed: Int)
        case fault(HeadFault)
    }

    /// Where in the grammar the next byte stands.
    private enum State {
        /// In the hex digits, of which so many were read: a size needs at least one. Left at ";" or CR.
        case size(digits: Int)
        /// After ";", until CR.
        case extension_
        /// After the CR of the size line; LF must follow.
        case sizeLineFeed
        /// In the data, so many bytes still to come.
        case data(left: Int)
        /// After the data: CR, then LF.
        case dataCarriageReturn, dataLineFeed
        /// In the trailer, whose current line is `trailerLine`; an empty one ends the body.
        case trailer
    }

    /// Bytes of one size line with its extensions, and of the whole trailer.
    static let longestLine = 256
    static let longestTrailer = 4 * 1024

    private(set) var body: [UInt8] = []
    private let limit: Int
    private var state = State.size(digits: 0)
    private var size = 0
    private var lineLength = 0
    private var trailerLine: [UInt8] = []
    private var trailerLength = 0
    private var isFinished = false

    init(limit: Int) { self.limit = limit }

    mutating func feed(_ bytes: UnsafeRawBufferPointer) -> Result {
        var index = 0
        while index < bytes.count {
            if case .data(let left) = state {
                let taken = min(left, bytes.count - index)
                body.append(contentsOf: bytes[index..<(index + taken)])
                index += taken
                state = taken == left ? .dataCarriageReturn : .data(left: left - taken)
                continue
            }
            if let fault = step(bytes[index]) { return .fault(fault) }
            index += 1
            if isFinished { return .done(consumed: index) }
        }
        return .more
    }

    /// One byte outside the data.
    private mutating func step(_ byte: UInt8) -> HeadFault? {
        switch state {
        case .size(let digits):
            lineLength += 1
            if let value = byte.hexDigitValue {
                guard digits < 8 else { return .bodyTooLarge }
                size = size << 4 | Int(value)
                state = .size(digits: digits + 1)
                return nil
            }
            guard digits > 0 else { return .badChunk }
            switch byte {
            case 0x0D: state = .sizeLineFeed
            case 0x3B: state = .extension_
            default: return .badChunk
            }
        case .extension_:
            lineLength += 1
            guard lineLength <= Self.longestLine else { return .badChunk }
            if byte == 0x0D {
                state = .sizeLineFeed
            } else if !ByteSet.value.contains(byte) {
                return .badChunk
            }
        case .sizeLineFeed:
            guard byte == 0x0A else { return .badChunk }
            guard body.count + size <= limit else { return .bodyTooLarge }
            state = size == 0 ? .trailer : .data(left: size)
        case .dataCarriageReturn:
            guard byte == 0x0D else { return .badChunk }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == 0x0A else { return .badChunk }
            (size, lineLength) = (0, 0)
            state = .size(digits: 0)
        case .trailer: return trailerByte(byte)
        case .data: break  // feed() takes these
        }
        return nil
    }

    private mutating func trailerByte(_ byte: UInt8) -> HeadFault? {
        trailerLength += 1
        guard trailerLength <= Self.longestTrailer else { return .badTrailer }
        // Refused at this byte: a line that goes on after a CR might never end.
        if trailerLine.last == 0x0D, byte != 0x0A { return .badTrailer }
        trailerLine.append(byte)
        guard byte == 0x0A else { return nil }
        defer { trailerLine.removeAll(keepingCapacity: true) }
        if trailerLine.elementsEqual([0x0D, 0x0A]) {
            isFinished = true
            return nil
        }
        let isField = trailerLine.withUnsafeMutableBufferPointer { line in
            var index = 0
            return (try? FieldLine.read(at: &index, line)) != nil && index == line.count
        }
        return isField ? nil : .badTrailer
    }
}
