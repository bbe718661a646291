import BursarModel

/// What a value in a body must be: `code: 200`, `"error?": null`, `expire_at: future`. *Value.*
struct Condition: Sendable {
    let path: ValuePath
    /// Written with `?`: the condition also holds where the field is absent or null.
    let isOptional: Bool
    /// The value must be one of these; `null` also stands for an absent field. Not used where ``isFuture``.
    let allowed: [JSONValue]
    /// The value must be a time that has not come. A provider's way of writing "no time" (``BodyTime/isUnset(_:)``) counts as absent.
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
