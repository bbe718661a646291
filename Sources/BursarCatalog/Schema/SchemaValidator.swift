import BursarModel

/// Tells whether a value satisfies a compiled schema. *Value,* used once.
///
/// A strict check refuses the first mismatch. A tolerant one refuses it only where the mapping reads, and collects the others: a provider
/// changes what nobody asked about without a word, and a balance must not become unreadable by that.
///
/// Work is bounded: `anyOf` within `anyOf` by reference can stand for exponentially many ways, and a body is hostile.
struct SchemaValidator {
    /// Far above what a balance's body takes; bounds one that is hostile.
    private static let mostSteps = 200_000
    /// Schemas within each other; a body itself nests 64 deep at most. Bounds the stack.
    private static let deepest = 160
    /// More mismatches tell nobody more.
    private static let mostDrift = 8

    private let table: SchemaTable
    private let used: UsedPaths
    private var isTolerant: Bool
    private var drift: [String] = []
    private var stepsLeft = Self.mostSteps

    static func check(_ value: JSONValue, against index: Schema.Index, in table: SchemaTable) throws(SchemaMismatch) {
        var validator = SchemaValidator(table: table, used: UsedPaths(), isTolerant: false)
        try validator.check(value, index, path: "", at: .ignored, depth: 0)
    }

    /// - Returns: the mismatches where nothing is read, in our own words; none where the body is as documented.
    /// - Throws: the first mismatch where something is read.
    static func drift(
        of value: JSONValue, from index: Schema.Index, in table: SchemaTable, reading used: UsedPaths
    ) throws(SchemaMismatch) -> [String] {
        var validator = SchemaValidator(table: table, used: used, isTolerant: true)
        try validator.check(value, index, path: "", at: used.root, depth: 0)
        return validator.drift
    }

    private init(table: SchemaTable, used: UsedPaths, isTolerant: Bool) {
        self.table = table
        self.used = used
        self.isTolerant = isTolerant
    }

    /// Refuses `mismatch`, unless it may be passed over.
    private mutating func report(_ mismatch: SchemaMismatch, at place: UsedPaths.Place) throws(SchemaMismatch) {
        guard isTolerant, place == .ignored, stepsLeft > 0 else { throw mismatch }
        let told = mismatch.description
        if drift.count < Self.mostDrift, !drift.contains(told) { drift.append(told) }
    }

    /// Checks what stands below, where a mismatch may be passed over.
    private mutating func checkBelow(
        _ value: JSONValue, _ index: Schema.Index, path: String, at place: UsedPaths.Place, depth: Int
    ) throws(SchemaMismatch) {
        do throws(SchemaMismatch) {
            try check(value, index, path: path, at: place, depth: depth + 1)
        } catch {
            try report(error, at: place)
        }
    }

    private mutating func check(
        _ value: JSONValue, _ index: Schema.Index, path: String, at place: UsedPaths.Place, depth: Int
    ) throws(SchemaMismatch) {
        stepsLeft -= 1
        guard stepsLeft > 0, depth < Self.deepest else { throw SchemaMismatch(path: "", rule: "is too complex to be checked") }
        let schema = table[index]
        guard !schema.isNever else { throw SchemaMismatch(path: path, rule: "must not be there") }
        if let reference = schema.reference { try check(value, reference, path: path, at: place, depth: depth + 1) }
        if let types = schema.types, types.isDisjoint(with: Schema.Types(of: value)) {
            throw SchemaMismatch(path: path, rule: "is \(value.typeName) where \(types.words) is documented")
        }
        if let choices = schema.choices, !choices.contains(where: { $0.isSame(as: value) }) {
            throw SchemaMismatch(path: path, rule: "is none of the documented values")
        }
        switch value {
        case .object(let object): try check(object, schema, path: path, at: place, depth: depth)
        case .array(let elements): try check(elements, schema, path: path, at: place, depth: depth)
        case .string(let text): try check(text, schema, path: path)  // takes steps, too
        case .number: try check(number: value, schema.bounds, path: path)
        case .null, .bool: break
        }
        try checkCombinations(value, schema, path: path, at: place, depth: depth)
    }

    private mutating func check(
        _ object: JSONObject, _ schema: Schema, path: String, at place: UsedPaths.Place, depth: Int
    ) throws(SchemaMismatch) {
        for name in schema.required where object[name] == nil {
            try report(SchemaMismatch(path: join(path, name), rule: "is missing"), at: used.member(name, of: place))
        }
        for property in schema.properties {
            guard let value = object[property.name] else { continue }
            try checkBelow(
                value, property.schema, path: join(path, property.name), at: used.member(property.name, of: place), depth: depth)
        }
        if case .allowed = schema.additional { return }
        for member in object.members where !schema.properties.contains(where: { $0.name == member.key }) {
            // The member's name is the upstream's own text and stays out of the message.
            let below = used.member(member.key, of: place)
            guard case .schema(let index) = schema.additional else {
                try report(SchemaMismatch(path: path, rule: "has a member that is not documented"), at: below)
                continue
            }
            try checkBelow(member.value, index, path: join(path, "*"), at: below, depth: depth)
        }
    }

    private mutating func check(
        _ elements: [JSONValue], _ schema: Schema, path: String, at place: UsedPaths.Place, depth: Int
    ) throws(SchemaMismatch) {
        if let least = schema.bounds.minItems, elements.count < least {
            throw SchemaMismatch(path: path, rule: "has fewer than \(least) elements")
        }
        if let most = schema.bounds.maxItems, elements.count > most {
            throw SchemaMismatch(path: path, rule: "has more than \(most) elements")
        }
        guard let items = schema.items else { return }
        for (index, element) in elements.enumerated() {
            try checkBelow(element, items, path: "\(path)[\(index)]", at: used.element(of: place), depth: depth)
        }
    }

    private mutating func check(_ text: String, _ schema: Schema, path: String) throws(SchemaMismatch) {
        if let least = schema.bounds.minLength, text.unicodeScalars.count < least {
            throw SchemaMismatch(path: path, rule: "is shorter than \(least)")
        }
        if let most = schema.bounds.maxLength, text.unicodeScalars.count > most {
            throw SchemaMismatch(path: path, rule: "is longer than \(most)")
        }
        guard let pattern = schema.pattern else { return }
        // A body of a thousand long strings would otherwise cost a thousand long matches. It is at most 1 MiB, and a pattern's program
        // has its bound: no overflow.
        stepsLeft -= text.utf8.count * pattern.size / 16
        guard stepsLeft > 0 else { throw SchemaMismatch(path: "", rule: "is too complex to be checked") }
        if !pattern.matches(text) { throw SchemaMismatch(path: path, rule: "does not match the documented pattern") }
    }

    private func check(number value: JSONValue, _ bounds: Schema.Bounds, path: String) throws(SchemaMismatch) {
        guard bounds.minimum != nil || bounds.maximum != nil || bounds.exclusiveMinimum != nil || bounds.exclusiveMaximum != nil
        else { return }
        guard let number = value.decimal else { throw SchemaMismatch(path: path, rule: "has more digits than can be compared") }
        let isBelow = bounds.minimum.map { number < $0 } ?? false || bounds.exclusiveMinimum.map { number <= $0 } ?? false
        if isBelow { throw SchemaMismatch(path: path, rule: "is below the documented minimum") }
        let isAbove = bounds.maximum.map { number > $0 } ?? false || bounds.exclusiveMaximum.map { number >= $0 } ?? false
        if isAbove { throw SchemaMismatch(path: path, rule: "is above the documented maximum") }
    }

    private mutating func checkCombinations(
        _ value: JSONValue, _ schema: Schema, path: String, at place: UsedPaths.Place, depth: Int
    ) throws(SchemaMismatch) {
        for index in schema.allOf { try check(value, index, path: path, at: place, depth: depth + 1) }
        if !schema.anyOf.isEmpty, try count(schema.anyOf, value, path: path, depth: depth, enough: 1) == 0 {
            try checkAny(schema.anyOf, value, path: path, at: place, depth: depth)
        }
        if !schema.oneOf.isEmpty {
            let count = try count(schema.oneOf, value, path: path, depth: depth, enough: 2)
            guard count < 2 else { throw SchemaMismatch(path: path, rule: "has two shapes of which one is documented") }
            if count == 0 { try checkAny(schema.oneOf, value, path: path, at: place, depth: depth) }
        }
        if let not = schema.not, try count([not], value, path: path, depth: depth, enough: 1) > 0 {
            throw SchemaMismatch(path: path, rule: "has a shape that is documented as none")
        }
    }

    /// Takes the first shape whose only mismatches are where nothing is read.
    private mutating func checkAny(
        _ indices: [Schema.Index], _ value: JSONValue, path: String, at place: UsedPaths.Place, depth: Int
    ) throws(SchemaMismatch) {
        let before = drift
        for index in indices where isTolerant {
            do throws(SchemaMismatch) {
                return try check(value, index, path: path, at: place, depth: depth + 1)
            } catch {
                drift = before
                if stepsLeft <= 0 { throw error }
            }
        }
        throw SchemaMismatch(path: path, rule: "has none of the documented shapes")
    }

    /// How many of the schemas are satisfied strictly, at most `enough`.
    private mutating func count(
        _ indices: [Schema.Index], _ value: JSONValue, path: String, depth: Int, enough: Int
    ) throws(SchemaMismatch) -> Int {
        let wasTolerant = isTolerant
        isTolerant = false
        defer { isTolerant = wasTolerant }
        var count = 0
        for index in indices where count < enough {
            do throws(SchemaMismatch) {
                try check(value, index, path: path, at: .ignored, depth: depth + 1)
                count += 1
            } catch {
                // Out of steps: no answer about this branch is one about the value.
                if stepsLeft <= 0 { throw error }
            }
        }
        return count
    }

    private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

extension Schema.Types {
    /// What `value` is; a whole number is an integer as well.
    init(of value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool: self = .boolean
        case .string: self = .string
        case .array: self = .array
        case .object: self = .object
        case .number(let text): self = Self.isWhole(text) ? [.number, .integer] : .number
        }
    }

    /// 1.0 is whole, as JSON Schema has it; a number too long for an amount is whole where it has neither point nor exponent.
    private static func isWhole(_ text: String) -> Bool {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }) else { return true }
        return ExactDecimal(text)?.isWhole ?? false
    }
}

extension ExactDecimal {
    var isWhole: Bool {
        var rest = coefficient
        for _ in 0..<scale {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { return false }
            rest = quotient
        }
        return true
    }
}

extension JSONValue {
    /// Equal as JSON Schema means it, at any depth: 1 and 1.0 are the same number, and an object's members have no order.
    func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.number, .number):
            if self == other { return true }
            guard let left = decimal, let right = other.decimal else { return false }
            return left == right
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.object(let left), .object(let right)):
            // No key stands twice in either.
            return left.members.count == right.members.count
                && left.members.allSatisfy { right[$0.key]?.isSame(as: $0.value) ?? false }
        default: return self == other
        }
    }
}
