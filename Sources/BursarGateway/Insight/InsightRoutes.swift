import BursarModel
import BursarUpstream

/// What lives as long as the process and looks back or ahead. *Immutable; any thread:* each part guards itself.
struct InsightParts: Sendable {
    let runways: RunwayBook
    let claims: ClaimBook
}

/// The routes of docs/runway.md and docs/guard.md, for everyone who may see the same. *Immutable; any thread.*
struct InsightRoutes: Sendable {
    let history: HistoryRoute
    let guarding: GuardRoute
    let claims: ClaimsRoute
    let explain: ExplainRoute

    init(directory: AccountDirectory, process: ProcessParts) {
        let refresher = process.refresher
        let reading = FreshReading(refresher: refresher)
        history = HistoryRoute(directory: directory, store: process.store, now: { refresher.now })
        guarding = GuardRoute(directory: directory, reading: reading, claims: process.insight.claims)
        claims = ClaimsRoute(directory: directory, reading: reading, claims: process.insight.claims)
        explain = ExplainRoute(
            directory: directory, refresher: refresher, runways: process.insight.runways, claims: process.insight.claims,
            alerts: process.alerts)
    }
}
