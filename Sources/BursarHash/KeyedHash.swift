import BursarBasics
import CNettle

/// HMAC-SHA256 (RFC 2104) under one key. *Immutable; any thread.* The key is overwritten when the last reference goes.
package final class KeyedHash: Sendable {
    /// Sendable although a pointer: written in `init`, then only read until `deinit`.
    private nonisolated(unsafe) let keyed: UnsafeMutablePointer<hmac_sha256_ctx>

    package init(key: UnsafeRawBufferPointer) {
        keyed = .allocate(capacity: 1)
        keyed.initialize(to: hmac_sha256_ctx())
        nettle_hmac_sha256_set_key(keyed, key.count, key.assumingMemoryBound(to: UInt8.self).baseAddress)
    }

    deinit {
        Wiping.wipe(UnsafeMutableRawBufferPointer(start: keyed, count: MemoryLayout<hmac_sha256_ctx>.size))
        keyed.deallocate()
    }

    /// The 32 bytes over all parts, one after another. Where a part ends is not told: whoever needs that says it in a part.
    package func digest(_ body: (inout Input) -> Void) -> [UInt8] {
        var input = Input(context: keyed.pointee)
        // It holds what the key was made into, and perhaps the end of a credential.
        defer { withUnsafeMutableBytes(of: &input, Wiping.wipe) }
        body(&input)
        return [UInt8](unsafeUninitializedCapacity: SHA256.length) { digest, count in
            nettle_hmac_sha256_digest(&input.context, SHA256.length, digest.baseAddress)
            count = SHA256.length
        }
    }

    /// Takes what is hashed. *Value.*
    package struct Input {
        fileprivate var context: hmac_sha256_ctx

        package mutating func update(_ bytes: UnsafeRawBufferPointer) {
            nettle_hmac_sha256_update(&context, bytes.count, bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
        }
    }
}
