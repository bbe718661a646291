extension UInt8 {
    /// The value of an ASCII hexadecimal digit in either case; nil for any other byte.
    package var hexDigitValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }

    /// Two lowercase hexadecimal digits.
    package var hexPair: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}

extension UInt64 {
    /// Sixteen lowercase hexadecimal digits.
    package var hexText: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// The bytes behind `%XX`, or nil where a `%` is not followed by two hexadecimal digits (RFC 3986 2.1).
package func percentDecodedBytes(_ text: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var iterator = text.makeIterator()
    while let byte = iterator.next() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let high = iterator.next()?.hexDigitValue, let low = iterator.next()?.hexDigitValue else { return nil }
        bytes.append(high << 4 | low)
    }
    return bytes
}
