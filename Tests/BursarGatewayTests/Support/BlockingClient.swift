import Glibc

/// A socket that blocks, for tests that need to know exactly what came and what did not. *One thread.*
struct BlockingClient: Sendable {
    private let descriptor: Int32

    struct Failure: Error { let number: Int32 }

    init(port: Int) throws(Failure) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(number: errno) }
        var time = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            let failure = Failure(number: errno)
            close()
            throw failure
        }
    }

    /// What came of a request.
    enum Outcome: Equatable {
        /// A whole answer, and whether its connection goes on.
        case answered(keeps: Bool)
        /// The connection ended before the first byte of an answer: the request may be asked again.
        case nothing
        /// The connection ended within an answer.
        case cut(String)
    }

    func get(_ path: String) -> Outcome {
        let head = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        guard send(descriptor, head, head.count, Int32(MSG_NOSIGNAL)) == head.count else { return .nothing }
        var received: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { return received.isEmpty ? .nothing : .cut(String(decoding: received, as: UTF8.self)) }
            received += piece[..<count]
            if let keeps = Self.whole(received) { return .answered(keeps: keeps) }
        }
    }

    /// Nil: more must come.
    private static func whole(_ bytes: [UInt8]) -> Bool? {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let head = text[..<end.lowerBound]
        guard let field = head.split(separator: "\r\n").first(where: { $0.hasPrefix("content-length:") }),
            let length = field.split(separator: " ").last.flatMap({ Int($0) }), text[end.upperBound...].utf8.count >= length
        else { return nil }
        return !head.contains("connection: close")
    }

    func close() {
        Glibc.close(descriptor)
    }
}
