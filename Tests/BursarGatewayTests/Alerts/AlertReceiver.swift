import BursarCatalog
import BursarHTTP
import BursarModel
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// Takes what targets are sent and answers as it is told to. *Mutex*; any thread.
final class AlertReceiver: Sendable {
    struct Message: Sendable {
        let path: String
        let fields: [String: String]
        let body: [UInt8]

        var json: JSONValue? { try? JSONReader.read(body) }
        var id: String { fields["webhook-id"] ?? "" }
    }

    private final class State: Sendable {
        let messages = Mutex<[Message]>([])
        let status = Mutex(200)
        /// Answers that are held; nil: none is.
        let held = Mutex<[CheckedContinuation<Void, Never>]?>(nil)

        func wait() async {
            await withCheckedContinuation { waiter in
                let isHeld = held.withLock { held in
                    held?.append(waiter)
                    return held != nil
                }
                if !isHeld { waiter.resume() }
            }
        }
    }

    private let state: State
    private let server: HTTPServer

    var messages: [Message] { state.messages.withLock { $0 } }
    var url: String { "http://\(server.addresses.first?.description ?? "")" }

    static func start() async throws -> AlertReceiver {
        let state = State()
        let server = HTTPServer(
            configuration: ServerConfiguration(listeners: [ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0))]),
            responder: ClosureResponder { request in
                let fields = Dictionary(
                    request.headers.map { ("\($0.name)".lowercased(), "\($0.value)") }, uniquingKeysWith: { $1 })
                state.messages.withLock { $0.append(Message(path: request.target, fields: fields, body: request.body)) }
                let status = state.status.withLock { $0 }
                let answer = Response(status: status, contentType: "text/plain", text: "as told")
                guard state.held.withLock({ $0 != nil }) else { return .now(answer) }
                return .later {
                    await state.wait()
                    return answer
                }
            }, group: MultiThreadedEventLoopGroup.singleton)
        try await server.start()
        return AlertReceiver(state: state, server: server)
    }

    private init(state: State, server: HTTPServer) {
        self.state = state
        self.server = server
    }

    func answer(_ status: Int) { state.status.withLock { $0 = status } }

    /// What comes from here on is answered once it is let go, with the status of when it came.
    func hold() { state.held.withLock { $0 = $0 ?? [] } }

    func letGo() {
        let held = state.held.withLock { held -> [CheckedContinuation<Void, Never>] in
            defer { held = nil }
            return held ?? []
        }
        for waiter in held { waiter.resume() }
    }

    /// Returns when so many came. `meanwhile` moves the gateway's clock: what is sent next depends on when the last sending ended.
    func wait(for count: Int, meanwhile: () -> Void = {}) async throws -> [Message] {
        try await eventually({ messages.count >= count }, pause: .milliseconds(5), meanwhile: meanwhile)
        return messages
    }

    func stop() async {
        letGo()
        await server.stop()
    }
}
