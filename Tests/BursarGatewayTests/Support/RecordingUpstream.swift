import BursarHTTP
import NIOCore
import NIOPosix
import Synchronization

/// A provider that writes down everything it is sent, and answers each request alike or with the next text. *Mutex*; any thread.
final class RecordingUpstream: Sendable {
    private final class Record: Sendable {
        let lines = Mutex<[String]>([])
    }

    private let record: Record
    private let server: HTTPServer

    /// Each request: its target, its header fields and its body.
    var requests: [String] { record.lines.withLock { $0 } }
    var url: String { "http://\(server.addresses.first?.description ?? "")" }

    /// - Parameters:
    ///   - type: what it calls its bodies.
    ///   - texts: one after the other, then the last for ever.
    static func start(
        status: Int = 200, type: String = "application/json", answering texts: String...
    ) async throws -> RecordingUpstream {
        let record = Record()
        let server = HTTPServer(
            configuration: ServerConfiguration(listeners: [ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0))]),
            responder: ClosureResponder { request in
                let fields = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
                let number = record.lines.withLock {
                    $0.append("\(request.target)\n\(fields)\n\(String(decoding: request.body, as: UTF8.self))")
                    return $0.count
                }
                return .now(Response(status: status, contentType: type, text: texts[min(number, texts.count) - 1]))
            }, group: MultiThreadedEventLoopGroup.singleton)
        try await server.start()
        return RecordingUpstream(record: record, server: server)
    }

    private init(record: Record, server: HTTPServer) {
        self.record = record
        self.server = server
    }

    func stop() async { await server.stop() }
}
