import Glibc
import TestSupport

/// A socket that blocks, for tests that need to know exactly what came and what did not. *One thread.*
struct BlockingClient: Sendable {
    private let descriptor: Int32

    struct Failure: Error { let number: Int32 }

    init(port: Int) throws(Failure) {
        let connected = LoopbackSocket.connect(port: port) { descriptor in
            var time = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        guard let connected else { throw Failure(number: errno) }
        descriptor = connected
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
        guard LoopbackSocket.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n", to: descriptor) else { return .nothing }
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
