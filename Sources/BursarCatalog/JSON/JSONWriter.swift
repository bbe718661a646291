import BursarBasics

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
            case .string(let text): JSONString.append(text, to: &bytes)
            case .array(let elements):
                list(UInt8(ascii: "["), UInt8(ascii: "]"), elements, indentation) { output, element in
                    output.write(element, indentation: indentation + 1)
                }
            case .object(let object):
                list(UInt8(ascii: "{"), UInt8(ascii: "}"), object.members, indentation) { output, member in
                    JSONString.append(member.key, to: &output.bytes)
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
    }
}
