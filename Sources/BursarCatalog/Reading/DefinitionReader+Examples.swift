import BursarModel

/// A definition is tried on its own examples: whoever writes one learns at `bursar check`, and not from a customer, that a path is
/// misspelt.
extension DefinitionReader {
    /// What each example comes to, and what the file expects of it.
    mutating func outcomes(
        of examples: [DocumentedResponseReader.Example], _ definition: ProviderDefinition, _ expect: [MappingReader.Expectation]
    ) -> [ExampleOutcome] {
        for expectation in expect where !examples.contains(where: { $0.name == expectation.example }) {
            let names = examples.map(\.name)
            let near = NearestName.find(expectation.example, among: names)
            problems.error(
                expectation.mark,
                "no example with a schema is called \(QuotableName.quoted(expectation.example, near: near))",
                hint: "there are " + names.joined(separator: ", ")
                    + "; of several examples of a response each has its name behind")
        }
        return examples.map { example in
            let status = example.key.exampleStatus
            let body = JSONWriter.compact(example.value)
            return ExampleOutcome(
                name: example.name, status: status, body: body,
                evaluation: definition.evaluate(status: status, contentType: nil, body: body),
                expected: expect.first { $0.example == example.name }?.lines, mark: example.mark)
        }
    }

    /// Reports what is wrong with the examples, and says where the first that tells an amount has what the mapping reads.
    mutating func checkExamples(
        of definition: ProviderDefinition, _ examples: [DocumentedResponseReader.Example], _ outcomes: [ExampleOutcome],
        at mark: TextMark
    ) -> ExamplePlaces {
        let (main, readable) = judge(examples, outcomes)
        guard let main = main ?? readable.first else {
            if !problems.hasErrors {
                problems.error(
                    mark, "no 2xx response has an example that is a balance",
                    hint: "add one: the mapping is tried on it, and `bursar mock` serves it")
            }
            return .none
        }
        let (mapping, context) = (definition.plan.mapping, definition.exampleContext)
        warnOfUntried(mapping, by: readable, context)
        warnOfUnseen(mapping, readable: readable, all: examples.map(\.value), at: mark)
        warnOfMessages(mapping, examples)
        return mapping.places(in: main, context)
    }

    /// Reports each example that does not come to what it should.
    /// - Returns: of the successes those that are read, and the first of them that tells an amount.
    private mutating func judge(
        _ examples: [DocumentedResponseReader.Example], _ outcomes: [ExampleOutcome]
    ) -> (main: JSONValue?, readable: [JSONValue]) {
        var main: JSONValue?
        var readable: [JSONValue] = []
        for (example, outcome) in zip(examples, outcomes) {
            let isSuccess = (200..<300).contains(outcome.status)
            switch outcome.evaluation {
            case .reading(let reading):
                if isSuccess {
                    if main == nil, !reading.amounts.isEmpty { main = example.value }
                    readable.append(example.value)
                    for drift in reading.drift { problems.error(example.mark, "this example is not as documented: \(drift)") }
                }
            case .failure(let failure) where isSuccess:
                // An error inside a 2xx may be documented there, too.
                if failure.code == .invalidResponse, outcome.expected != outcome.lines {
                    problems.error(example.mark, "this example is not read as a balance: \(failure.reason)")
                }
            case .failure(let failure):
                if !failure.documented { problems.error(example.mark, "this example does not satisfy its schema") }
            }
            if let expected = outcome.expected, expected != outcome.lines { tell(outcome, expected) }
        }
        return (main, readable)
    }

    private mutating func tell(_ outcome: ExampleOutcome, _ expected: [String]) {
        func words(_ lines: [String]) -> String { lines.isEmpty ? "nothing" : lines.joined(separator: ", ") }
        problems.error(
            outcome.mark, "this example gives \(words(outcome.lines)), and expect says \(words(expected.map { $0.shownLine }))")
    }

    /// An amount that may be left out is left out for ever where its path is misspelt; only an example that has it can tell.
    private mutating func warnOfUntried(_ mapping: Mapping, by examples: [JSONValue], _ context: ReadingContext) {
        for (index, rule) in mapping.amounts.enumerated() {
            var given: Set<AmountKind> = []
            var why: String?
            for example in examples {
                guard let root = mapping.root(of: example), let groups = try? rule.groups(in: root, context, element: index)
                else {
                    continue
                }
                for group in groups {
                    given.formUnion(group.figures.map(\.kind))
                    why = why ?? group.leftOut.first
                    // No figure can be told then, and the example has shown that.
                    if group.isUnlimited { given.insert(.available) }
                }
            }
            for kind in rule.kinds where !given.contains(kind.kind) {
                problems.warning(
                    kind.mark, "no example gives this \(kind.kind.rawValue) amount, so nothing shows that its path is right",
                    hint: why.map { "\($0); add an example that has it" } ?? "add an example that has it")
            }
            let elements = examples.compactMap { mapping.root(of: $0) }.flatMap { root in
                rule.each.map { $0.value(in: root)?.elements ?? [] } ?? [root]
            }
            for (name, paths) in [("resets", rule.resets), ("expires", rule.expires)] where !paths.isEmpty {
                guard !elements.contains(where: { paths.firstTime(in: $0) != nil }), let mark = rule.kinds.first?.mark else {
                    continue
                }
                problems.warning(mark, "no example has a \(name) that can be read as a time", hint: "add an example that has it")
            }
            warnOfSmallMoney(rule, elements)
        }
    }

    private mutating func warnOfSmallMoney(_ rule: AmountRule, _ elements: [JSONValue]) {
        guard case .told(let told) = rule.unit, !told.isMoney, let mark = rule.kinds.first?.mark else { return }
        for element in elements {
            guard let text = told.path.value(in: element)?.text, told.names[text] == nil, text.utf8.count == 3,
                text != text.uppercased(), Currencies.contains(text.uppercased())
            else { continue }
            return problems.warning(
                mark, "the unit of an example is a currency in small letters, and so a unit of its own",
                hint: "unit: {at: \(told.path.text), money: true}")
        }
    }

    /// What no example has may be misspelt, and would never be found.
    private mutating func warnOfUnseen(_ mapping: Mapping, readable: [JSONValue], all: [JSONValue], at mark: TextMark) {
        let roots = readable.compactMap { mapping.root(of: $0) }
        if let low = mapping.low, !roots.contains(where: { low.path.value(in: $0)?.boolean != nil }) {
            problems.warning(mark, "no example has a boolean at low: \(low.path.text)", hint: "is the path right?")
        }
        if !mapping.asOf.isEmpty, !roots.contains(where: { mapping.asOf.firstTime(in: $0) != nil }) {
            problems.warning(
                mark, "no example has an as_of that can be read as a time",
                hint: "RFC 3339, Unix seconds or milliseconds, or a date alone")
        }
        for path in mapping.codes.paths where !all.contains(where: { path.value(in: $0)?.isNull == false }) {
            problems.warning(mark, "no example has a code at \(path.text)", hint: "add the example of an error that has it")
        }
    }

    /// Bursar's own words go there, so it must be a text.
    private mutating func warnOfMessages(_ mapping: Mapping, _ examples: [DocumentedResponseReader.Example]) {
        guard !mapping.messages.isEmpty else { return }
        let errors = examples.filter { !(200..<300).contains($0.key.exampleStatus) }
        for example in errors where !mapping.messages.contains(where: { $0.value(in: example.value)?.text != nil }) {
            problems.warning(example.mark, "this example has no text at message, where an error's words go")
        }
    }
}

extension String {
    /// A line of a document, such as one of `expect`, as it may be shown: people paste all kinds of things.
    var shownLine: String {
        utf8.count <= 160 && utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } ? self : "(not shown)"
    }
}

extension ProviderDefinition {
    /// A fixed time and stand-in parameters, under which examples are read.
    package var exampleContext: ReadingContext {
        var parameters: [String: String] = [:]
        for parameter in accountParameters {
            parameters[parameter.name] = parameter.standard ?? parameter.allowed.first ?? "example"
        }
        return ReadingContext(parameters: parameters, now: WallTime(seconds: 1_790_000_000))
    }
}

extension ResponsePlan.Response.Key {
    /// A status that this documents.
    fileprivate var exampleStatus: Int {
        switch self {
        case .status(let status): status
        case .range(let range): range * 100
        case .default: 500
        }
    }
}

extension Mapping {
    /// Where the example has what the mapping reads.
    func places(in example: JSONValue, _ context: ReadingContext) -> ExamplePlaces {
        let root = rootPath(in: example) ?? .root
        let body = root.value(in: example) ?? .null
        let prefix = root.firstPlace
        let flag = low.flatMap { $0.path.value(in: body)?.boolean == nil ? nil : prefix + $0.path.firstPlace }
        let code = success.first { rule in
            rule.allowed.contains { $0.integer != nil } && rule.path.value(in: example)?.integer != nil
        }
        let told = success.first { rule in
            rule.allowed.contains { $0.boolean != nil } && rule.path.value(in: example)?.boolean != nil
        }
        return ExamplePlaces(
            firstAmount: firstAmount(in: body, context).map { prefix + $0 }, lowFlag: flag, code: code?.path.firstPlace,
            flag: told?.path.firstPlace)
    }

    /// Of the row's own amount where it is told, else of the first.
    private func firstAmount(in body: JSONValue, _ context: ReadingContext) -> [ExamplePlaces.Step]? {
        var rules = amounts
        if isLeast, let own = ownElement(in: body, context) { rules.insert(rules.remove(at: own), at: 0) }
        for rule in rules {
            guard let each = rule.each else {
                if let place = rule.firstPlace(in: body, context) { return place }
                continue
            }
            guard let elements = each.value(in: body)?.elements else { continue }
            // The element that sorts first, as in a reading.
            let wanted = rule.firstUnit(of: elements, context)
            for (index, element) in elements.enumerated() where rule.firstUnit(of: [element], context) == wanted {
                guard rule.conditions.allSatisfy({ $0.holds(in: element, now: context.now) }) else { continue }
                if let place = rule.firstPlace(in: element, context) { return each.firstPlace + [.index(index)] + place }
            }
        }
        return nil
    }
}

extension AmountRule {
    fileprivate func firstPlace(in body: JSONValue, _ context: ReadingContext) -> [ExamplePlaces.Step]? {
        let beside = AmountContext(conditions: each == nil ? conditions : [], words: words, now: context.now)
        let first = kinds.filter { $0.kind == .available } + kinds.filter { $0.kind != .available }
        for kind in first {
            for expression in kind.alternatives {
                guard case .value? = try? expression.compute(in: body, beside) else { continue }
                if let place = expression.terms.lazy.compactMap({ $0.place(in: body, beside) }).first { return place }
            }
        }
        return nil
    }

    /// The unit of the first amount that these elements give.
    fileprivate func firstUnit(of elements: [JSONValue], _ context: ReadingContext) -> AmountUnit? {
        var rule = self
        rule.each = ValuePath(key: "elements")
        return (try? rule.groups(in: .object(["elements": .array(elements)]), context, element: 0))?.first?.unit
    }
}

extension Expression.Term {
    /// Where a figure of this term stands: of a sum, in the first element that counts.
    fileprivate func place(in body: JSONValue, _ context: AmountContext) -> [ExamplePlaces.Step]? {
        guard isSum else { return path.value(in: body)?.isNull == false ? path.firstPlace : nil }
        guard let elements = path.elements(in: body) else { return nil }
        let index = elements.firstIndex { element in
            context.conditions.allSatisfy { $0.holds(in: element, now: context.now) }
                && path.behindEach.value(in: element)?.isNull == false
        }
        return index.map { path.place(at: $0) }
    }
}
