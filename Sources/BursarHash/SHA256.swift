import CNettle

/// SHA-256 (FIPS 180-4) over bytes that come in parts. *Value.* One hash for each: it is finished once.
package struct SHA256: ~Copyable {
    /// In bytes.
    package static let length = 32

    private var context = sha256_ctx()

    package init() { nettle_sha256_init(&context) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        nettle_sha256_update(&context, bytes.count, bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
    }

    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// The 32 bytes.
    package consuming func finish() -> [UInt8] {
        var context = context
        return [UInt8](unsafeUninitializedCapacity: Self.length) { digest, count in
            nettle_sha256_digest(&context, Self.length, digest.baseAddress)
            count = Self.length
        }
    }

    package static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }
}
