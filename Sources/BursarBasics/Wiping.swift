import Glibc

/// Overwrites memory that held a credential. *Stateless.*
///
/// `explicit_bzero` and no loop: stores into memory that is given back right behind them are dead to an optimizer, and the C
/// library promises that this call stays. What cannot be reached from here is said in docs/security.md: copies that a `String`,
/// an array or a network buffer made on the way.
package enum Wiping {
    package static func wipe(_ memory: UnsafeMutableRawBufferPointer) {
        guard let start = memory.baseAddress else { return }
        explicit_bzero(start, memory.count)
    }
}
