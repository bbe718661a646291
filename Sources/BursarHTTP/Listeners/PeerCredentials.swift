import Glibc
import NIOCore

/// Asks the kernel who is at the other end of a Unix socket. *Event loop of the channel.*
enum PeerCredentials {
    /// `struct ucred` of socket(7): who connected, as they were at that moment. Here, because the C library shows it only with
    /// `_GNU_SOURCE`.
    private struct Credentials: Sendable {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }

    /// Nil where the kernel does not say; never the user that stands for "unknown" there.
    static func userID(of channel: any Channel) -> UInt32? {
        guard let options = channel as? any SocketOptionProvider else { return nil }
        let answer: EventLoopFuture<Credentials> = options.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        // Asked on the channel's own loop, so it is answered by now.
        let credentials = NIOLoopBoundBox<Credentials?>(nil, eventLoop: channel.eventLoop)
        answer.whenSuccess { credentials.value = $0 }
        guard let user = credentials.value?.user, user != .max else { return nil }
        return user
    }
}
