import BursarBasics
import BursarConfiguration
import BursarHTTP
import BursarInsight
import BursarModel
import BursarUpstream
import Synchronization

/// `GET /v1/alerts`: how every rule stands, what is muted, and every target. *Immutable; any thread.*
struct AlertsRoute: Route {
    private let directory: AccountDirectory
    private let desk: AlertDesk
    private let refresher: Refresher
    /// Targets are told of every account, so they are shown to who may see every account.
    private let showsTargets: Bool

    init(_ parts: RouteParts) {
        (directory, desk, refresher) = (parts.directory, parts.process.alerts, parts.refresher)
        showsTargets = parts.visibility == .everything
    }

    func respond(to call: RouteCall) -> Reply { .later { Answers.json(json()) } }

    private func json() -> [UInt8] {
        let time = refresher.now.wall
        let listings = desk.listing(time).filter { directory.index(of: $0.key.account) != nil }
        let mutes = desk.mutes(time).filter { directory.index(of: $0.key) != nil }.sorted { $0.key < $1.key }
        var json = JSONText(reserving: 256 + listings.count * 512)
        json.object { json in
            json.string("schema", "bursar.alerts.v1")
            json.string("generated_at", time.rfc3339)
            json.array("alerts") { json in
                for listing in listings { json.raw(nil, Self.json(listing, seesTargets: showsTargets)) }
            }
            // Also of accounts without rules, which stand nowhere else.
            json.array("mutes") { json in
                for (account, until) in mutes {
                    json.object { json in
                        json.string("account", "\(account)")
                        json.string("until", until.rfc3339)
                    }
                }
            }
            if showsTargets {
                json.array("targets") { json in
                    for target in desk.targetStatuses() { json.raw(nil, target.json) }
                }
            }
        }
        return json.bytes
    }

    private static func json(_ listing: AlertListing, seesTargets: Bool) -> [UInt8] {
        let state = listing.state
        var json = JSONText(reserving: 512)
        json.object { json in
            json.string("account", "\(listing.key.account)")
            json.string("rule", listing.key.rule)
            json.string("condition", listing.rule.condition.words)
            json.string("state", state.word.rawValue)
            json.bool("firing", state.firing != nil)
            let pending = listing.firesAt == nil ? nil : state.candidate?.since
            json.string("since", (state.firing == nil ? pending : state.since)?.rfc3339)
            json.string("fired_at", state.firing == nil ? nil : state.firedAt?.rfc3339)
            json.string("fires_at", listing.firesAt?.rfc3339)
            json.string("event", state.firing)
            json.string("value", listing.facts?.value?.description)
            json.string("unit", listing.facts?.unit?.name)
            json.string("read_at", listing.facts?.readAt.rfc3339)
            json.string("muted_until", listing.mutedUntil?.rfc3339)
            if seesTargets {
                json.strings("to", listing.rule.targets)
                json.strings("told", listing.told)
            }
        }
        return json.bytes
    }
}

extension AlertRule.Condition {
    /// `below 50 credits`, `runway 3 days`.
    var words: String {
        switch self {
        case .below(let limit, let unit): "below \(limit)" + (unit.map { " \($0)" } ?? "")
        case .runway(let length): "runway \(AlertWords.limit(length))"
        case .unavailable(let length): "unavailable \(AlertWords.limit(length))"
        case .toppedUp: "topped up"
        case .keyRejected: "key rejected"
        }
    }
}

/// How a target stands, for people. *Value.* Of its address it has the host.
struct TargetStatus: Sendable {
    let name: String
    let kind: String
    let shown: String
    let pending: Int
    let health: TargetHealth
    let nextAttempt: WallTime?
    /// The status with which it said that it is gone; nil where it is not.
    let pausedStatus: Int?
    /// Messages that no attempt could deliver.
    let givenUp: UInt64
    /// Whether a message waits for another attempt, also since before this process.
    var isRetrying = false

    /// Whether it took what it was sent last, and is not left alone; nil where it was sent nothing yet. After a restart, a message that
    /// waits for another attempt says that it did not, until one arrives.
    var isUp: Bool? {
        guard pausedStatus == nil, health.failures == 0 else { return false }
        guard health.lastDelivered == nil else { return true }
        return isRetrying ? false : nil
    }

    /// What nothing was sent to is not known to be well.
    var state: String {
        guard pausedStatus == nil else { return "paused" }
        return switch isUp {
        case true?: "ok"
        case false?: "failing"
        case nil: "untried"
        }
    }

    var json: [UInt8] {
        var json = JSONText(reserving: 256)
        json.object { json in
            json.string("name", name)
            json.string("kind", kind)
            json.string("at", shown)
            json.string("state", state)
            json.integer("pending", pending)
            json.integer("failures", health.failures)
            json.string("reason", pausedStatus.map { "http_\($0)" } ?? health.reason)
            json.string("last_delivered", health.lastDelivered?.rfc3339)
            json.string("last_failure", health.lastFailure?.rfc3339)
            json.string("next_attempt", nextAttempt?.rfc3339)
        }
        return json.bytes
    }
}

extension AlertDesk {
    func listing(_ now: WallTime) -> [AlertListing] { state.withLock { $0.ledger.listing(now) } }

    /// The accounts of which nobody is told now, and until when.
    func mutes(_ now: WallTime) -> [AccountID: WallTime] {
        state.withLock { state in state.ledger.records.mutes.filter { state.ledger.isMuted($0.key, now) } }
    }

    /// In the order of their names.
    func targetStatuses() -> [TargetStatus] {
        state.withLock { state in
            state.targets.keys.sorted().compactMap { name in
                guard let target = state.targets[name] else { return nil }
                return TargetStatus(
                    name: name, kind: target.configuration.word, shown: target.configuration.shown,
                    pending: state.ledger.pending(name), health: state.health[name] ?? TargetHealth(),
                    nextAttempt: state.ledger.nextAttempt(name), pausedStatus: state.ledger.pausedStatus(name),
                    givenUp: state.ledger.givenUp[name] ?? 0, isRetrying: state.ledger.isRetrying(name))
            }
        }
    }

    /// What fires of an account.
    func firing(_ account: AccountID, _ now: WallTime) -> [AlertListing] {
        listing(now).filter { $0.key.account == account && $0.state.firing != nil }
    }

    var hasTargets: Bool { state.withLock { !$0.targets.isEmpty } }
}
