import BursarModel

/// What must hold of a value in a body: `code: 200`, `"error?": null`, `expire_at: future`. *Value.*
struct Condition: Sendable {
    let path: ValuePath
    /// Written with `?`: holds where the field is absent or null.
    let isOptional: Bool
    /// Any of them; `null` means null or absent. Empty where the value must be a time.
    let allowed: [JSONValue]
    /// The value must be a time that has not come. One that is unset counts as absent.
    var isFuture = false

    func holds(in body: JSONValue, now: WallTime) -> Bool {
        let value = path.value(in: body) ?? .null
        if isFuture {
            guard let time = BodyTime.read(value) else { return isOptional && BodyTime.isUnset(value) }
            return time > now
        }
        return value.isNull ? isOptional || allowed.contains(.null) : allowed.contains { $0.isSame(as: value) }
    }
}
