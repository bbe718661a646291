/// What lives as long as the process and looks back or ahead. *Immutable; any thread:* each part guards itself.
struct InsightParts: Sendable {
    let runways: RunwayBook
    let claims: ClaimBook
}
