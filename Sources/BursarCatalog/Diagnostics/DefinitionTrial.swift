import BursarModel

/// What a definition makes of one answer, in words: the row, what was left out and why, and what does not fit. *Value.* Of the answer it
/// quotes only amounts, units, times and an error's number.
package struct DefinitionTrial: Sendable {
    package let evaluation: Evaluation
    /// At least one.
    package let lines: [String]

    package init(
        _ definition: ProviderDefinition, status: Int, contentType: String?, body: [UInt8], _ context: ReadingContext
    ) {
        evaluation = definition.evaluate(status: status, contentType: contentType, body: body, context)
        switch evaluation {
        case .failure(let failure):
            // `invalid_response` itself says that the form is not documented.
            let saysForm = failure.documented || failure.code == .invalidResponse
            lines = ["\(failure.code.rawValue): \(failure.reason)" + (saysForm ? "" : ", in a form that is not documented")]
        case .reading(let reading):
            var lines = reading.lines
            if lines.isEmpty { lines = ["a row without amounts"] }
            // The row's own amount comes from the element that the definition names, and no other amount stands in for it.
            if reading.available == nil, !reading.amounts.isEmpty { lines.append("the row's own amount is null") }
            lines += definition.leftOut(of: body, status: status, context)
            lines += reading.drift.map { "not as documented, and not needed: \($0)" }
            self.lines = lines
        }
    }

    init(of example: ExampleOutcome, _ definition: ProviderDefinition) {
        self.init(
            definition, status: example.status, contentType: nil, body: example.body, definition.exampleContext)
    }
}

extension ProviderDefinition {
    /// Why each figure that the mapping names is missing from the row: `total is left out because pending is null`. Empty where the
    /// row comes from a status or a code: then no figure was read.
    func leftOut(of body: [UInt8], status: Int, _ context: ReadingContext) -> [String] {
        guard (200..<300).contains(status), let value = try? JSONReader.read(body.withoutByteOrderMark),
            (try? plan.mapping.innerMeaning(of: value, now: context.now)) == nil, let root = plan.mapping.root(of: value)
        else { return [] }
        let context = context.with(defaults: parameterDefaults)
        return plan.mapping.amounts.enumerated().flatMap { index, rule -> [String] in
            guard let groups = try? rule.groups(in: root, context, element: index) else { return [] }
            if groups.isEmpty, let each = rule.each {
                return ["no amount of element \(index + 1): no element of \(each.text) counts"]
            }
            return groups.flatMap { group -> [String] in
                let unlimited = group.isUnlimited ? ["available is not told: there is no limit"] : []
                return unlimited + group.leftOut
            }
        }
    }
}
