import BursarBasics
import BursarModel

extension Amount {
    /// An amount as rows and histories show it. What most providers do not tell is there only where it says something.
    func write(into json: inout JSONText) {
        json.object { json in
            json.string("kind", kind.rawValue)
            json.string("value", value.description)
            json.string("unit", unit.name)
            if let part { json.string("part", part.name) }
            if let resetsAt { json.string("resets_at", resetsAt.rfc3339) }
            if let expiresAt { json.string("expires_at", expiresAt.rfc3339) }
        }
    }
}
