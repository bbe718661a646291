import BursarBasics
import BursarConfiguration
import BursarEngine
import BursarHTTP
import BursarModel
import BursarUpstream

/// `GET /v1/status`: for each account why it is as it is. It asks nobody, and has neither a credential nor a digest of one.
/// *Immutable; any thread.*
struct StatusRoute: Route {
    private let directory: AccountDirectory
    private let process: ProcessParts
    /// Whether the caller may see every account, and so who is told of them, and what is wrong in the configuration.
    private let showsEverything: Bool

    init(_ parts: RouteParts) {
        directory = parts.directory
        process = parts.process
        showsEverything = parts.visibility == .everything
    }

    func respond(to call: RouteCall) -> Reply {
        // In a task: it is made anew for each request, and ten thousand accounts take their time.
        .later { Answers.json(json()) }
    }

    private func json() -> [UInt8] {
        let now = process.refresher.now
        var json = JSONText(reserving: 512 + directory.entries.count * 512)
        json.object { json in
            json.string("schema", "bursar.status.v1")
            json.string("generated_at", now.wall.rfc3339)
            json.object("gateway") { json in
                let reloads = process.reloads.value
                json.string("version", bursarVersion)
                json.string("readiness", "\(process.readiness.state)")
                json.string("started_at", process.startedAt.rfc3339)
                json.string("configuration_loaded_at", reloads.loadedAt.rfc3339)
                json.string("last_reload_at", reloads.lastAt?.rfc3339)
                json.bool("last_reload_refused", reloads.lastWasRefused)
                json.bool("alerts_held", process.alerts.isHeld)
                if showsEverything { json.strings("last_reload_problems", reloads.problems) }
            }
            json.array("accounts") { json in
                for entry in directory.entries { json.raw(nil, Self.account(entry, process.refresher, now)) }
            }
            if showsEverything {
                json.array("targets") { json in
                    for target in process.alerts.targetStatuses() { json.raw(nil, target.json) }
                }
            }
        }
        return json.bytes
    }

    private static func account(_ entry: AccountEntry, _ refresher: Refresher, _ now: Moment) -> [UInt8] {
        let (view, status) = refresher.look(at: entry.upstream)
        var json = JSONText(reserving: 512)
        json.object { json in
            json.string("provider", entry.id.provider.name)
            json.string("account", entry.id.account.name)
            json.string("status", view.status.rawValue)
            json.string("fetched_at", view.fetchedAt?.wall.rfc3339)
            json.string("expires_at", view.expiresAt?.wall.rfc3339)
            status.orNeverAsked(entry).write(into: &json, now: now)
        }
        return json.bytes
    }
}

extension CredentialStatus? {
    /// Of an account that nobody has asked for yet: idle, and its whole budget left.
    fileprivate func orNeverAsked(_ entry: AccountEntry) -> CredentialStatus {
        self
            ?? CredentialStatus(
                state: .idle, lastSuccess: nil, lastFailure: nil, nextAttempt: nil, hold: nil, breaker: .closed(failures: 0),
                budgetLeft: entry.upstream.policy.budget?.calls, callsMade: 0, waiters: 0, lastAsked: nil)
    }
}

extension CredentialStatus {
    fileprivate func write(into json: inout JSONText, now: Moment) {
        json.string("call", callName)
        json.integer("waiting", waiters)
        json.string("last_asked", lastAsked.map { now.wall.advanced(by: now.monotonic.duration(to: $0)).rfc3339 })
        json.string("last_success", lastSuccess?.wall.rfc3339)
        if let lastFailure {
            json.object("last_failure") { json in
                json.string("at", lastFailure.at.wall.rfc3339)
                json.string("code", lastFailure.code.rawValue)
                json.integer("upstream_status", lastFailure.upstreamStatus)
                json.string("reason", lastFailure.reason)
            }
        } else {
            json.string("last_failure", nil)
        }
        json.string("next_attempt", nextAttempt?.wall.rfc3339)
        if let hold {
            json.object("hold") { json in
                json.string("kind", hold.kind.rawValue)
                json.string("until", hold.until.wall.rfc3339)
                json.string("hint", hold.hint?.source.rawValue)
                json.integer("hint_seconds", (hold.hint?.wait.secondsRoundedUp).map(Int.init(clamping:)))
            }
        } else {
            json.string("hold", nil)
        }
        json.object("circuit") { json in
            switch breaker {
            case .closed(let failures):
                json.string("state", "closed")
                json.integer("failures", failures)
            case .open(let openings):
                json.string("state", "open")
                json.integer("openings", openings)
            case .halfOpen(let openings):
                json.string("state", "half_open")
                json.integer("openings", openings)
            }
        }
        json.integer("budget_left", budgetLeft)
        json.integer("calls_made", Int(clamping: callsMade))
    }

    private var callName: String {
        switch state {
        case .idle: "none"
        case .inFlight: "in_flight"
        case .overdue: "overdue"
        }
    }
}
