/// Finds aliases before the parser sees them. *Pure.*
///
/// Yams puts an alias's whole node in its place and hashes keys, so that a few nested aliases in a key would take for ever:
/// it is too late to refuse them afterwards. Looked for is a name that stands behind `&` as well as behind `*`, each where a
/// YAML token may begin. Prose with `*emphasis*` has no anchor to go with it, and an alias without an anchor is an error anyway.
enum YAMLAliases {
    /// The place of the first alias whose name is also an anchor's.
    static func firstUsed(in bytes: [UInt8]) -> TextMark? {
        guard bytes.contains(UInt8(ascii: "&")), bytes.contains(UInt8(ascii: "*")) else { return nil }
        var anchors: Set<ArraySlice<UInt8>> = []
        for offset in bytes.indices where bytes[offset] == UInt8(ascii: "&") {
            if let name = name(in: bytes, after: offset) { anchors.insert(name) }
        }
        for offset in bytes.indices where bytes[offset] == UInt8(ascii: "*") {
            if let name = name(in: bytes, after: offset), anchors.contains(name) { return TextMark(offset: offset, in: bytes) }
        }
        return nil
    }

    /// libyaml's names: letters, digits, `-` and `_`. A token begins behind a space or an indicator, never within a word.
    private static func name(in bytes: [UInt8], after offset: Int) -> ArraySlice<UInt8>? {
        if offset > 0 {
            let before = bytes[offset - 1]
            guard !isNameByte(before) else { return nil }
        }
        let name = bytes[(offset + 1)...].prefix(while: isNameByte)
        return name.isEmpty ? nil : name
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte == 0x2D || byte == 0x5F
    }
}
