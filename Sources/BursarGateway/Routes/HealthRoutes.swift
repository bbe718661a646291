import BursarBasics
import BursarEngine
import BursarHTTP
import BursarModel
import BursarStore
import Synchronization

/// Whether the gateway should get traffic. *Atomic*; any thread.
final class Readiness: Sendable {
    enum State: Int, Sendable {
        /// The listeners are not up yet. Ends as `ready`.
        case starting
        /// Requests are welcome. Ends as `draining`.
        case ready
        /// A stop was asked for; requests under way are finished. Never left.
        case draining
    }

    private let raw = Atomic<Int>(State.starting.rawValue)

    var state: State { State(rawValue: raw.load(ordering: .acquiring)) ?? .starting }

    func becomes(_ state: State) { raw.store(state.rawValue, ordering: .releasing) }
}

/// `GET /livez`: 200 while the process runs, also while draining: a supervisor must not kill what is finishing its work.
/// *Immutable; any thread.*
struct LiveRoute: Route {
    init(_ parts: RouteParts) {}

    func respond(to call: RouteCall) -> Reply {
        var json = JSONText(reserving: 32)
        json.object { json in json.string("status", "alive") }
        return .now(Answers.json(json.bytes))
    }
}

/// `GET /readyz`: it never asks a provider. *Immutable; any thread.*
struct ReadyRoute: Route {
    private let readiness: Readiness
    private let store: StoreKeeper?

    init(_ parts: RouteParts) {
        readiness = parts.process.readiness
        store = parts.process.store
    }

    func respond(to call: RouteCall) -> Reply {
        switch readiness.state {
        case .ready: .now(Answers.json(readyStatus()))
        case .starting: .now(notReady(call.request, "The listeners are not up yet."))
        case .draining: .now(notReady(call.request, "A stop was asked for; requests under way are being finished."))
        }
    }

    private func notReady(_ request: Request, _ detail: String) -> Response {
        Answers.problem(
            ProblemDocument(
                code: .notReady, title: "Not ready", status: 503, detail: detail, requestID: request.id.description),
            headers: ["retry-after": "1"])
    }

    /// A store that fails is told and no reason for 503: everything else works, and a restart would not mend it.
    private func readyStatus() -> [UInt8] {
        var json = JSONText(reserving: 96)
        json.object {
            $0.string("status", "ready")
            $0.object("store") { json in
                guard let store else { return json.string("status", "memory") }
                let fault = store.status.fault
                json.string("status", fault == nil ? "ok" : "degraded")
                if let fault { json.string("reason", fault.reason.rawValue) }
            }
        }
        return json.bytes
    }
}
