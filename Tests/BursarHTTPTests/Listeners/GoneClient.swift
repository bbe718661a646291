import Glibc
import TestSupport

/// A client that asks and resets its connection at once, before anybody has accepted it. *Blocking.*
enum GoneClient {
    /// - Returns: whether it could ask.
    static func ask(_ text: String, port: Int) -> Bool {
        let connected = LoopbackSocket.connect(port: port) { descriptor in
            // A close that does not linger is a reset.
            var hard = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
        }
        guard let connected else { return false }
        defer { close(connected) }
        return LoopbackSocket.send(text, to: connected)
    }
}
