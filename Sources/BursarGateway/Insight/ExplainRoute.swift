import BursarBasics
import BursarCatalog
import BursarConfiguration
import BursarEngine
import BursarHTTP
import BursarInsight
import BursarModel
import BursarUpstream

/// `GET /v1/explain/{provider}/{account}`: cause, end and remedy of what a row says. It asks nobody. *Immutable; any thread.*
struct ExplainRoute: Route {
    private let directory: AccountDirectory
    private let refresher: Refresher
    private let runways: RunwayBook
    private let claims: ClaimBook
    private let alerts: AlertDesk
    /// As in ``AlertsRoute``.
    private let showsTargets: Bool

    init(_ parts: RouteParts) {
        directory = parts.directory
        refresher = parts.refresher
        runways = parts.process.insight.runways
        claims = parts.process.insight.claims
        alerts = parts.process.alerts
        showsTargets = parts.visibility == .everything
    }

    func respond(to call: RouteCall) -> Reply {
        let entry: AccountEntry
        do throws(AccountDirectory.UnknownName) {
            entry = try directory.entry(named: "\(call.name("provider"))/\(call.name("account"))")
        } catch {
            return .now(Answers.unknownName(call.request, detail: error.detail))
        }
        return .later { Answers.json(json(entry)) }
    }

    private func json(_ entry: AccountEntry) -> [UInt8] {
        let now = refresher.now
        let (view, status) = refresher.look(at: entry.upstream)
        let firing = alerts.firing(entry.id, now.wall).map(\.rule.condition)
        let runway = runways.current(entry.id).first
        let explanation = Explanation(
            .init(
                id: entry.id, title: entry.definition.title, view: view, status: status, lowLimit: entry.low,
                keySource: entry.keySource, documentation: entry.definition.documentationURL,
                topUp: entry.definition.links.topUp, firing: firing, runway: runway, now: now))
        var json = JSONText(reserving: 1_024)
        json.object { json in
            json.string("schema", "bursar.explain.v1")
            json.string("generated_at", now.wall.rfc3339)
            json.string("provider", entry.id.provider.name)
            json.string("account", entry.id.account.name)
            json.string("status", view.status.rawValue)
            // As in a row.
            json.string("available", view.reading?.available?.value.description)
            json.string("unit", view.firstUnit?.name)
            json.array("amounts") { json in
                for amount in view.reading?.amounts ?? [] { amount.write(into: &json) }
            }
            json.string("fetched_at", view.fetchedAt?.wall.rfc3339)
            json.string("problem", view.problem?.code.rawValue)
            json.string("cause", explanation.cause)
            json.string("ends", explanation.ends)
            json.string("ends_at", explanation.endsAt?.rfc3339)
            json.string("remedy", explanation.remedy)
            json.strings("drift", view.reading?.drift ?? [])
            json.string("key_from", entry.keySource)
            json.string("documentation", entry.definition.documentationURL)
            json.string("top_up", entry.definition.links.topUp)
            json.string("last_asked", status?.lastAsked.map { now.wall.advanced(by: now.monotonic.duration(to: $0)).rfc3339 })
            json.string("last_success", status?.lastSuccess?.wall.rfc3339)
            json.string("last_failure", status?.lastFailure?.at.wall.rfc3339)
            let budget = entry.upstream.policy.budget
            json.integer("budget_left", status?.budgetLeft ?? budget?.calls)
            json.integer("budget_calls", budget?.calls)
            json.integer("budget_seconds", budget.map { Int(clamping: $0.window.secondsRoundedUp) })
            let names = directory.names(sharing: entry)
            let claimed = claims.knowsAll ? view.firstUnit.flatMap { claims.claimed(names, $0, now.wall)?.description } : nil
            json.string("claimed", claimed)
            json.strings("alerts", firing.map(\.words))
            json.string("muted_until", alerts.mutes(now.wall)[entry.id]?.rfc3339)
            if showsTargets {
                let named = Set(entry.alerts.flatMap(\.targets))
                let failing = alerts.targetStatuses().filter { named.contains($0.name) && $0.isUp == false }
                json.strings("targets_failing", failing.map(\.name))
            }
            json.string("runway", runway?.words(at: now.wall))
        }
        return json.bytes
    }
}
