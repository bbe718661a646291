import Glibc

/// A system call's error number. *Value.*
package struct SystemError: Error, Sendable, Hashable {
    package let number: Int32

    package init(number: Int32) { self.number = number }

    /// What the C library says of it, such as "Too many open files". Each thread has its own text (glibc 2.32).
    package var words: String { String(cString: strerror(number)) }
}
