/// What of an answer is a person's, or a secret. *Value.* Pure. A guess by names.
///
/// The file will be shown to others. So the whole example is walked through: also what no path can name is struck out, and what
/// stands where no amount is looked for.
struct DraftPrivacy: Sendable {
    /// The answer without it: a text is ``PrivateFields/mark``, and a number 0, so that each keeps the type that its schema has.
    let example: JSONValue
    /// For `private`.
    let paths: [String]
    /// What `private` does not name, in words for a comment: a path has one `[]` at most, and begins with a name.
    let unnamed: [String]

    /// Each costs every answer a search.
    private static let mostPaths = 100
    private static let mostUnnamed = 20

    /// - Parameter chosen: what the mapping reads cannot be private.
    init(of answer: JSONValue, reading chosen: DraftAmounts.Candidate) {
        var walk = Walk()
        example = walk.struck(answer, PrivateNames())
        var read = [Self.general(chosen.steps)]
        if let path = chosen.currencyPath, let currency = try? ValuePath(parsing: path) {
            read.append(Self.general(currency.steps))
        }
        var named: [String] = []
        var others = walk.leftOut.map(Self.dotted)
        for steps in walk.found {
            if let path = Self.path(steps), !read.contains(where: { $0.starts(with: steps) }) {
                named.append(path)
            } else {
                others.append(Self.dotted(steps))
            }
        }
        paths = Array(named.prefix(Self.mostPaths))
        let more = walk.unnoted + max(0, named.count - Self.mostPaths) + max(0, others.count - Self.mostUnnamed)
        unnamed = Array(others.prefix(Self.mostUnnamed)) + (more > 0 ? ["and \(more) more"] : [])
    }

    /// What is private in one element of a list is so in all.
    private static func general(_ steps: [ValuePath.Step]) -> [ValuePath.Step] {
        steps.map { step -> ValuePath.Step in if case .index = step { .each } else { step } }
    }

    /// The path that leads there; nil where none does. Whatever the names are: it has to read back as the same steps.
    private static func path(_ steps: [ValuePath.Step]) -> String? {
        [dotted(steps), pointer(steps)].first { (try? ValuePath(parsing: $0))?.steps == steps }
    }

    private static func dotted(_ steps: [ValuePath.Step]) -> String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            case .index, .each: text += "[]"
            }
        }
    }

    /// A JSON Pointer. It has no `[]`, and then does not read back as the same steps.
    private static func pointer(_ steps: [ValuePath.Step]) -> String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .key(let key): text += "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
            case .index, .each: text += "/[]"
            }
        }
    }

    /// Strikes out what is private, and takes down where it was. *Value,* used once.
    private struct Walk {
        /// The ways to private values, each once, as they come; with `[]` for any element.
        var found: [[ValuePath.Step]] = []
        /// The ways to members that have an address for a name. No name can be struck, so they are left out.
        var leftOut: [[ValuePath.Step]] = []
        /// How many values more were struck out, at ends of ways that are too long for a path.
        var unnoted = 0

        private var steps: [ValuePath.Step] = []
        /// Of all names in `steps`: each way is looked up, and somebody else's names may be long.
        private var bytes = 0
        private var seen: Set<[ValuePath.Step]> = []
        private static let mostBytes = 200
        private static let mostSteps = 32
        /// Stands for all names that are one, and is one itself, so that no other member is called that.
        private static let addresses = "(names such as a@b)"

        mutating func struck(_ value: JSONValue, _ names: PrivateNames) -> JSONValue {
            switch value {
            case .null, .bool: return value
            case .number, .string:
                guard names.isPrivate(value) else { return value }
                if isNew(steps) { found.append(steps) }
                return value.text == nil ? .integer(0) : .string(PrivateFields.mark)
            case .array(let elements):
                let names = names.element
                var kept: [JSONValue] = []
                steps.append(.each)
                for element in elements { kept.append(struck(element, names)) }
                steps.removeLast()
                return .array(kept)
            case .object(let object): return .object(struck(object, names))
            }
        }

        private mutating func struck(_ object: JSONObject, _ names: PrivateNames) -> JSONObject {
            var kept: [JSONObject.Member] = []
            for member in object.members where !PrivateNames.isAddress(member.key) {
                steps.append(.key(member.key))
                bytes += member.key.utf8.count
                kept.append(.init(key: member.key, value: struck(member.value, names.named(member.key))))
                bytes -= member.key.utf8.count
                steps.removeLast()
            }
            if kept.count < object.members.count {
                let way = steps + [.key(Self.addresses)]
                if isNew(way) { leftOut.append(way) }
            }
            return JSONObject(unique: kept)
        }

        /// Whether the way is to be taken down.
        private mutating func isNew(_ way: [ValuePath.Step]) -> Bool {
            guard bytes <= Self.mostBytes, way.count <= Self.mostSteps else {
                unnoted += 1
                return false
            }
            return seen.insert(way).inserted
        }
    }
}
