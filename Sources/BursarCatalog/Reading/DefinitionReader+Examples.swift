import BursarModel

/// A definition is tried on its own examples: whoever writes one learns at `bursar check`, and not from a customer, that a path is
/// misspelt.
extension DefinitionReader {
    mutating func checkExamples(
        of definition: ProviderDefinition, _ examples: [ResponseReader.Example], at mark: TextMark
    ) -> ExamplePlaces {
        var main: JSONValue?
        var readable: [JSONValue] = []
        for example in examples {
            let status = example.key.exampleStatus
            let body = JSONWriter.compact(example.value)
            switch definition.evaluate(status: status, contentType: nil, body: body) {
            case .reading:
                if main == nil { main = example.value }
                readable.append(example.value)
            case .failure(let failure) where (200..<300).contains(status):
                // An error inside a 2xx may be documented there, too.
                if failure.code == .invalidResponse {
                    problems.error(example.mark, "this example is not read as a balance: \(failure.reason)")
                }
            case .failure(let failure):
                if !failure.documented { problems.error(example.mark, "this example does not satisfy its schema") }
            }
        }
        guard let main else {
            if !problems.hasErrors {
                problems.error(
                    mark, "no 2xx response has an example that is a balance",
                    hint: "add one: the mapping is tried on it, and `bursar mock` serves it")
            }
            return ExamplePlaces(firstAmount: nil, lowFlag: nil, code: nil)
        }
        warnOfUntried(definition.plan.mapping, by: readable)
        return definition.plan.mapping.places(in: main)
    }

    /// An amount that may be left out is left out for ever where its path is misspelt; only an example that has it can tell.
    private mutating func warnOfUntried(_ mapping: Mapping, by examples: [JSONValue]) {
        for rule in mapping.amounts {
            var given: Set<AmountKind> = []
            for example in examples {
                var computed = ComputedAmounts()
                guard let root = mapping.root(of: example), (try? rule.compute(in: root, into: &computed)) != nil else {
                    continue
                }
                given.formUnion(computed.amounts.map(\.kind))
                // No figure can be told then, and the example has shown that.
                if computed.isUnlimited { given.insert(.available) }
            }
            for kind in rule.kinds where !given.contains(kind.kind) {
                problems.warning(
                    kind.mark, "no example gives this \(kind.kind.rawValue) amount, so nothing shows that its path is right",
                    hint: "add an example that has it")
            }
        }
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
    func places(in example: JSONValue) -> ExamplePlaces {
        let root = roots.first { $0.value(in: example).map { !$0.isNull } ?? false } ?? .root
        let body = root.value(in: example) ?? .null
        let prefix = root.firstPlace
        let flag = low.flatMap { $0.path.value(in: body)?.boolean == nil ? nil : prefix + $0.path.firstPlace }
        let code = success.first { rule in
            rule.allowed.contains { $0.integer != nil } && rule.path.value(in: example)?.integer != nil
        }
        return ExamplePlaces(
            firstAmount: firstAmount(in: body).map { prefix + $0 }, lowFlag: flag, code: code?.path.firstPlace)
    }

    private func firstAmount(in body: JSONValue) -> [ExamplePlaces.Step]? {
        for rule in amounts {
            guard let each = rule.each else {
                if let place = rule.firstPlace(in: body) { return place }
                continue
            }
            guard let elements = each.value(in: body)?.elements else { continue }
            // The element that sorts first, as in a reading.
            let wanted = try? rule.firstUnit(of: elements)
            for (index, element) in elements.enumerated() where (try? rule.firstUnit(of: [element])) == wanted {
                if let place = rule.firstPlace(in: element) { return each.firstPlace + [.index(index)] + place }
            }
        }
        return nil
    }
}

extension AmountRule {
    fileprivate func firstPlace(in body: JSONValue) -> [ExamplePlaces.Step]? {
        for kind in kinds {
            for expression in kind.alternatives {
                guard let term = expression.terms.first, case .value? = try? expression.compute(in: body, words: words) else {
                    continue
                }
                return term.path.firstPlace
            }
        }
        return nil
    }

    /// The unit of the first amount that these elements give.
    fileprivate func firstUnit(of elements: [JSONValue]) throws(MappingError) -> AmountUnit? {
        var computed = ComputedAmounts()
        let wrapped = JSONValue.object(["elements": .array(elements)])
        let path = ValuePath(key: "elements")
        try AmountRule(each: path, unit: unit, power: power, words: words, kinds: kinds).compute(in: wrapped, into: &computed)
        return computed.amounts.first?.unit
    }
}
