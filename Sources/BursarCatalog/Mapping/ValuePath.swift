/// A way into a JSON body, as a definition writes it: `data.balance_usd`, `grants[].left`, `balances[0].amount`, `$` for the
/// body itself, or a JSON Pointer (`/data/balance.usd`) where a name has a dot in it. *Value.*
struct ValuePath: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case key(String)
        case index(Int)
        /// Every element of an array.
        case each
    }

    let steps: [Step]
    /// As written, for messages: a definition's own text, never the upstream's.
    let text: String

    static let root = ValuePath(steps: [], text: "$")

    private static let longest = 200

    private init(steps: [Step], text: String) {
        self.steps = steps
        self.text = text
    }

    /// One member of the body.
    init(key: String) { self.init(steps: [.key(key)], text: key) }

    /// Why a text is no path, in words for the definition's author.
    struct Refusal: Error, Equatable {
        let reason: String
    }

    init(parsing text: String) throws(Refusal) {
        guard !text.isEmpty, text.utf8.count <= Self.longest else {
            throw Refusal(reason: "a path is 1 to \(Self.longest) characters")
        }
        self.text = text
        if text == "$" {
            steps = []
        } else if text.hasPrefix("/") {
            guard let names = JSONPointer.names(text) else {
                throw Refusal(reason: "in a JSON Pointer's names ~ is written ~0, and / is written ~1")
            }
            steps = names.map { .key($0) }
        } else {
            var steps: [Step] = []
            let relative = text.hasPrefix("$.") ? text.dropFirst(2) : text[...]
            for part in relative.split(separator: ".", omittingEmptySubsequences: false) { steps += try Self.steps(of: part) }
            self.steps = steps
        }
        guard steps.count <= 32 else { throw Refusal(reason: "a path has at most 32 steps") }
        guard steps.filter({ $0 == .each }).count <= 1 else { throw Refusal(reason: "a path has at most one []") }
    }

    /// `name`, `name[]` or `name[3]`.
    private static func steps(of part: Substring) throws(Refusal) -> [Step] {
        let name = part.prefix { $0 != "[" }
        guard !name.isEmpty, name.utf8.allSatisfy(isNameByte) else {
            throw Refusal(
                reason: "a path is names joined with dots, such as data.balance; other names need a JSON Pointer, /data/a.b")
        }
        var steps: [Step] = [.key(String(name))]
        var rest = part[name.endIndex...]
        while !rest.isEmpty {
            guard rest.hasPrefix("["), let close = rest.firstIndex(of: "]") else {
                throw Refusal(reason: "a [ needs its ] at the end of a name")
            }
            let inside = rest[rest.index(after: rest.startIndex)..<close]
            if inside.isEmpty {
                steps.append(.each)
            } else if inside.utf8.count <= 6, inside.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let index = Int(inside) {
                steps.append(.index(index))
            } else {
                throw Refusal(reason: "between [ and ] stands nothing or a number")
            }
            rest = rest[rest.index(after: close)...]
        }
        return steps
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte == 0x5F || byte == 0x2D
            || byte == 0x24
            || byte >= 0x80
    }

    var hasEach: Bool { steps.contains(.each) }

    /// The one value; nil where the way leads nowhere. Only for paths without `[]`.
    func value(in body: JSONValue) -> JSONValue? {
        var value = body
        for step in steps {
            switch step {
            case .key(let key):
                guard let next = value[key] else { return nil }
                value = next
            case .index(let index):
                guard let next = value[index] else { return nil }
                value = next
            case .each:
                return nil
            }
        }
        return value
    }

    /// The elements of the array before `[]`; nil where there is none.
    func elements(in body: JSONValue) -> [JSONValue]? {
        guard let each = steps.firstIndex(of: .each) else { return nil }
        return ValuePath(steps: Array(steps[..<each]), text: text).value(in: body)?.elements
    }

    /// The way from an element of ``elements(in:)``.
    var behindEach: ValuePath {
        guard let each = steps.firstIndex(of: .each) else { return self }
        return ValuePath(steps: Array(steps[(each + 1)...]), text: text)
    }

    /// Any element of ``elements(in:)``.
    var arrayElement: ValuePath { ValuePath(steps: Array(steps.prefix { $0 != .each }) + [.each], text: text) }

    /// As written, with an index in `[]`.
    func text(at index: Int) -> String {
        guard let bracket = text.firstIndex(of: "["), text[bracket...].hasPrefix("[]") else { return text }
        return text[...bracket] + "\(index)" + text[text.index(after: bracket)...]
    }

    /// Why there is no value: `data.balance is null`, `wallets is missing`.
    func lack(in body: JSONValue) -> String {
        let own = hasEach ? ValuePath(steps: Array(steps.prefix { $0 != .each }), text: text.prefix { $0 != "[" } + "") : self
        guard let value = own.value(in: body) else { return "\(own.text) is missing" }
        return hasEach && !value.isNull ? "\(own.text) is no array" : "\(own.text) is null"
    }

    /// The path that begins where `prefix` leads.
    func appended(to prefix: ValuePath) -> ValuePath { ValuePath(steps: prefix.steps + steps, text: text) }

    /// Concrete steps; of a path with `[]` those of the first element.
    var firstPlace: [ExamplePlaces.Step] { place(at: 0) }

    /// Concrete steps with an element in place of `[]`.
    func place(at element: Int) -> [ExamplePlaces.Step] {
        steps.map { step in
            switch step {
            case .key(let key): .key(key)
            case .index(let index): .index(index)
            case .each: .index(element)
            }
        }
    }
}
