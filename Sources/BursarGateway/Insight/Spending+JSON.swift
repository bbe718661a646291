import BursarBasics
import BursarInsight
import BursarModel

extension Spending.Period {
    /// A day: `since`, `until` and `spent`.
    func write(into json: inout JSONText) {
        json.object { json in
            json.string("since", since.rfc3339)
            json.string("until", until.rfc3339)
            json.array("spent") { json in
                for sum in sums { sum.write(into: &json) }
            }
        }
    }
}

extension Spending.Sum {
    /// An element of `spent` (docs/api.md). Amounts are text, unknown is null.
    func write(into json: inout JSONText) {
        json.object { json in
            json.string("unit", unit.name)
            json.string("part", part?.name)
            json.bool("own", isOwn)
            json.string("spent", spent?.description)
            json.string("spent_or_before", spentOrBefore?.description)
            json.string("topped_up", toppedUp?.description)
            json.string("expired", expired?.description)
            json.string("dropped", dropped?.description)
            json.integer("unknown_seconds", unknownSeconds)
            if let reset {
                json.object("reset") { json in
                    json.string("at", reset.at.rfc3339)
                    json.string("reason", reset.reason)
                }
            } else {
                json.string("reset", nil)
            }
        }
    }
}
