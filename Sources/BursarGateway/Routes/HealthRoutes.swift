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

/// `GET /livez` and `GET /readyz`: they never ask a provider. *Immutable; any thread.*
struct HealthRoutes: Sendable {
    let readiness: Readiness
    let store: StoreKeeper?

    /// 200 while the process runs, also while draining: a supervisor must not kill what is finishing its work.
    func live() -> Response { Answers.json(Self.status("alive")) }

    func ready(_ request: Request) -> Response {
        switch readiness.state {
        case .ready: return Answers.json(readyStatus())
        case .starting: return notReady(request, "The listeners are not up yet.")
        case .draining: return notReady(request, "A stop was asked for; requests under way are being finished.")
        }
    }

    private func notReady(_ request: Request, _ detail: String) -> Response {
        Answers.problem(
            ProblemDocument(
                code: "not_ready", title: "Not ready", status: 503, detail: detail, requestID: request.id.description),
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

    private static func status(_ word: String) -> [UInt8] {
        var json = JSONText(reserving: 32)
        json.object { $0.string("status", word) }
        return json.bytes
    }
}
