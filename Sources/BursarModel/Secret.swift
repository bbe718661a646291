import BursarBasics

/// A credential, or anything else that must never be printed. *Immutable; any thread.*
///
/// It cannot be interpolated, described, encoded, hashed or compared by accident: `description` is a placeholder, and the one
/// way to its bytes is ``withExposedBytes(_:)``, whose few callers an architecture test lists. The bytes live in memory of
/// their own, which is overwritten when the last reference goes.
package final class Secret: Sendable {
    /// Sendable although a pointer: written in `init`, then only read until `deinit`.
    private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

    package init(_ bytes: some Collection<UInt8>) {
        storage = .allocate(byteCount: bytes.count, alignment: 1)
        storage.copyBytes(from: bytes)
    }

    package convenience init(_ text: String) { self.init(Array(text.utf8)) }

    /// From the system's source of random numbers, and written nowhere else.
    package static func random(bytes count: Int) -> Secret {
        Secret((0..<count).lazy.map { _ in UInt8.random(in: .min ... .max) })
    }

    deinit {
        Wiping.wipe(storage)
        storage.deallocate()
    }

    package var count: Int { storage.count }

    /// Lends the bytes. The closure must not let them out, except where the credential belongs: in the upstream request head,
    /// the keyed digest, the scrubber's patterns.
    package func withExposedBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }

    /// Whether both hold the same bytes, in time that depends on the lengths alone.
    package func constantTimeEquals(_ other: Secret) -> Bool {
        guard storage.count == other.storage.count else { return false }
        var difference: UInt8 = 0
        for index in storage.indices { difference |= storage[index] ^ other.storage[index] }
        return difference == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package static let placeholder = "[secret]"

    package var description: String { Self.placeholder }
    package var debugDescription: String { Self.placeholder }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
