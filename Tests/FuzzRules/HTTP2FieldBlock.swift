import CNghttp2

/// What a client reads of a block of fields (RFC 7541), with libnghttp2's decoder. *Pure, but for the decoder's table.*
enum HTTP2FieldBlock {
    /// - Parameter inflater: of the connection: blocks are decoded in their order, because they change its table.
    /// - Returns: nil where a client could not read it.
    static func read(_ block: [UInt8], _ inflater: OpaquePointer?) -> [(name: String, value: String)]? {
        var fields: [(String, String)] = []
        var rest = block[...]
        while true {
            var pair = nghttp2_nv()
            var flags: Int32 = 0
            let used = rest.withUnsafeBufferPointer {
                nghttp2_hd_inflate_hd2(inflater, &pair, &flags, $0.baseAddress, $0.count, 1)
            }
            guard used >= 0 else { return nil }
            rest = rest.dropFirst(used)
            if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
                let name = String(decoding: UnsafeBufferPointer(start: pair.name, count: pair.namelen), as: UTF8.self)
                let value = String(decoding: UnsafeBufferPointer(start: pair.value, count: pair.valuelen), as: UTF8.self)
                fields.append((name, value))
            } else if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 {
                nghttp2_hd_inflate_end_headers(inflater)
                return fields
            } else if used == 0 {
                return nil
            }
        }
    }
}
