import Glibc

/// Tells systemd how this process is: `Type=notify-reload` and `WatchdogSec=`. *Immutable; any thread.*
///
/// One datagram a message, without waiting for anybody; where it cannot be sent, nothing is lost but the news.
package struct ServiceManager: Sendable {
    private let address: [UInt8]

    /// Nil where no service manager asked to be told (`$NOTIFY_SOCKET`).
    package init?(_ environment: [String: String]) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@") else { return nil }
        var address = Array(path.utf8)
        // "@" stands for the zero byte of an abstract address (unix(7)).
        if path.hasPrefix("@") { address[0] = 0 }
        // With the closing zero byte of a path it must fit.
        guard address.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
        self.address = address
    }

    /// - Returns: whether it was handed over.
    @discardableResult
    package func tell(_ message: ServiceManagerMessage) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address) }
        // An abstract address ends where its bytes end; a path may have zero bytes behind it.
        let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + address.count } ?? 0)
        let text = Array(message.text.utf8)
        return withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, length)
            }
        } == text.count
    }

    /// CLOCK_MONOTONIC now, as `MONOTONIC_USEC` wants it.
    package static var monotonicMicroseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(clamping: time.tv_sec) * 1_000_000 + UInt64(clamping: time.tv_nsec / 1_000)
    }
}
