import NIOCore
import Synchronization

@testable import BursarHTTP

/// What stands behind a connection: answers that are rendered once and repeated while they are true, as the gateway's are, and
/// that change when a play says so. *Mutex.*
///
/// It tells two connections the same, of which one may repeat answers by itself (`Replay`) and one must ask every time.
final class ConnectionBoard: Responder {
    private struct State {
        var reading = 0
        var configuration = 0
        var renderings = 0
        var now = NIODeadline.uptimeNanoseconds(0)
        var entries: [String: Entry] = [:]
        var waiting: [@Sendable () -> Void] = []
    }

    private struct Entry {
        let prepared: PreparedResponse
        let replay: Replay
    }

    private let mayRepeat: Bool
    private let state = Mutex(State())

    init(mayRepeat: Bool) { self.mayRepeat = mayRepeat }

    func respond(to request: Request) -> Reply {
        switch request.path {
        case "/slow":
            return .after(BoardWait(board: self)) { Response(status: 200, text: "slow \(self.version)") }
        case "/plain": return .now(Response(status: 200, text: "plain \(version) \(request.body.count)"))
        case "/bye":
            var response = kept(request)
            response.closesConnection = true
            return .now(response)
        default: return .now(kept(request))
        }
    }

    private var version: String { state.withLock { "\($0.configuration).\($0.reading)" } }

    private func kept(_ request: Request) -> Response {
        let isConditional = request.headers.contains("if-none-match")
        let entry = state.withLock { state in
            let key = request.path + (isConditional ? "!" : "")
            if let entry = state.entries[key], entry.replay.validity.isCurrent, state.now < entry.replay.until { return entry }
            state.renderings += 1
            let text = "\(request.path) \(state.configuration).\(state.reading) rendering \(state.renderings)"
            let body = request.path == "/large" ? String(repeating: text, count: 1_000) : text
            let entry = Entry(
                prepared: PreparedResponse(
                    status: isConditional ? 304 : 200, headers: ["x-configuration": "\(state.configuration)"],
                    body: ByteBuffer(string: body), etag: "\"\(state.renderings)\"",
                    age: request.path == "/aged" ? AnswerAge(at: state.now) : nil),
                replay: Replay(validity: Validity(), until: state.now + .seconds(5)))
            state.entries[key] = entry
            return entry
        }
        return Response(prepared: entry.prepared, replay: mayRepeat && request.method != "POST" ? entry.replay : nil)
    }

    // MARK: - What changes

    func isNow(_ now: NIODeadline) { state.withLock { $0.now = now } }

    func changeReading() { change { $0.reading += 1 } }
    func changeConfiguration() { change { $0.configuration += 1 } }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            for entry in state.entries.values { entry.replay.validity.invalidate() }
            state.entries = [:]
        }
    }

    /// - Returns: whether there were any.
    @discardableResult
    func endWaits() -> Bool {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for ended in waiting { ended() }
        return !waiting.isEmpty
    }

    private struct BoardWait: Wait {
        let board: ConnectionBoard
        func begin(_ ended: @escaping @Sendable () -> Void) { board.state.withLock { $0.waiting.append(ended) } }
        func leave() {}
    }
}
