/// How much of a document is read. *Value.*
package struct LocatedLimits: Sendable, Hashable {
    package var bytes: Int
    /// Sequences and mappings within each other.
    package var depth: Int
    /// Scalars, sequences and mappings in all.
    package var nodes: Int

    package init(bytes: Int = 1 << 20, depth: Int = 64, nodes: Int = 200_000) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
    }
}

/// Reads documents that people write into values with places. *Pure.*
///
/// Neither reader quotes the document in what it reports: a configuration may hold a credential.
package enum LocatedReader {
    /// Strict JSON, for definitions that are published as such.
    package static func json(
        _ bytes: [UInt8], file: String, limits: LocatedLimits = LocatedLimits()
    ) throws(Diagnostic) -> LocatedNode {
        let bytes = bytes.withoutByteOrderMark
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONError) in try LocatedJSON.read(buffer, limits: limits) }
        }
        switch result {
        case .success(let node): return node
        case .failure(let error):
            let mark = TextMark(offset: error.offset, in: bytes)
            throw Diagnostic(
                severity: .error, file: file, line: mark.line, column: mark.column,
                message: (error.reason.isRefusal ? "" : "not valid JSON: ") + "\(error.reason)")
        }
    }
}

extension TextMark {
    /// The place of the byte at `offset`. Counts the starts of characters only, as YAML's marks do.
    init(offset: Int, in bytes: [UInt8]) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(line: line, column: column)
    }
}
