import BursarBasics
import BursarInsight
import BursarModel

extension Runway {
    /// `runway` of a row (docs/runway.md). Amounts are text, times RFC 3339, unknown is null.
    func write(into json: inout JSONText, now: WallTime) {
        json.object { json in
            json.string("unit", unit.name)
            json.string("status", word)
            json.string("words", words(at: now))
            switch status {
            case .unknown(let why): json.string("reason", why.rawValue)
            case .accumulating(let missing): json.object("missing") { json in missing.write(into: &json) }
            case .quota(let next): json.string("next_rise", next.rfc3339)
            case .empty, .flat, .burning: break
            }
            json.string("not_before", forecast?.notBefore.rfc3339)
            json.string("earliest", forecast?.earliest?.rfc3339)
            json.string("expected", forecast?.expected?.rfc3339)
            json.string("latest", forecast?.latest?.rfc3339)
            if let burn {
                json.object("burn") { json in
                    json.string("last_24h", burn.last24h?.description)
                    json.string("per_day", burn.perDay?.description)
                }
            } else {
                json.string("burn", nil)
            }
            if let lastTopUp {
                json.object("last_top_up") { json in
                    json.string("at", lastTopUp.at.rfc3339)
                    json.string("amount", lastTopUp.amount.description)
                }
            } else {
                json.string("last_top_up", nil)
            }
            json.object("basis") { json in
                json.string("since", basis.since?.rfc3339)
                json.integer("days", basis.days)
                json.integer("steps", basis.steps)
                json.integer("top_ups", basis.topUps)
                json.string("reset", basis.reset)
            }
        }
    }
}

extension Runway.Missing {
    fileprivate func write(into json: inout JSONText) {
        func progress(_ json: inout JSONText, _ name: StaticString, _ progress: Progress) {
            json.object(name) { json in
                json.integer("seen", progress.seen)
                json.integer("needed", progress.needed)
            }
        }
        progress(&json, "days", days)
        progress(&json, "steps", steps)
        progress(&json, "days_with_burn", daysWithBurn)
    }
}
