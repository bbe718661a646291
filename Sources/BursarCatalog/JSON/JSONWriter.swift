/// Writes JSON: numbers as they are, members in their order. *Pure.*
package enum JSONWriter {
    /// Without any space.
    package static func compact(_ value: JSONValue) -> [UInt8] {
        var output = Output(isPretty: false)
        output.write(value, indentation: 0)
        return output.bytes
    }

    /// Two spaces a level, and a line feed at the end: for people.
    package static func pretty(_ value: JSONValue) -> [UInt8] {
        var output = Output(isPretty: true)
        output.write(value, indentation: 0)
        output.bytes.append(0x0A)
        return output.bytes
    }

    private struct Output {
        let isPretty: Bool
        var bytes: [UInt8] = []

        mutating func write(_ value: JSONValue, indentation: Int) {
            switch value {
            case .null: bytes += "null".utf8
            case .bool(let value): bytes += (value ? "true" : "false").utf8
            case .number(let text): bytes += text.utf8
            case .string(let text): write(text)
            case .array(let elements):
                list(UInt8(ascii: "["), UInt8(ascii: "]"), elements, indentation) { output, element in
                    output.write(element, indentation: indentation + 1)
                }
            case .object(let object):
                list(UInt8(ascii: "{"), UInt8(ascii: "}"), object.members, indentation) { output, member in
                    output.write(member.key)
                    output.bytes.append(UInt8(ascii: ":"))
                    if output.isPretty { output.bytes.append(0x20) }
                    output.write(member.value, indentation: indentation + 1)
                }
            }
        }

        private mutating func list<Element>(
            _ open: UInt8, _ close: UInt8, _ elements: [Element], _ indentation: Int, _ write: (inout Output, Element) -> Void
        ) {
            bytes.append(open)
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                newLine(indentation + 1)
                write(&self, element)
            }
            if !elements.isEmpty { newLine(indentation) }
            bytes.append(close)
        }

        private mutating func newLine(_ indentation: Int) {
            guard isPretty else { return }
            bytes.append(0x0A)
            bytes.append(contentsOf: repeatElement(0x20, count: indentation * 2))
        }

        /// Only what JSON demands is escaped; everything else is UTF-8 as it is.
        private mutating func write(_ text: String) {
            bytes.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "\""): bytes += "\\\"".utf8
                case UInt8(ascii: "\\"): bytes += "\\\\".utf8
                case 0x0A: bytes += "\\n".utf8
                case 0x0D: bytes += "\\r".utf8
                case 0x09: bytes += "\\t".utf8
                case 0..<0x20:
                    bytes += byte < 0x10 ? "\\u000".utf8 : "\\u00".utf8
                    bytes += String(byte, radix: 16).utf8
                default: bytes.append(byte)
                }
            }
            bytes.append(UInt8(ascii: "\""))
        }
    }
}
