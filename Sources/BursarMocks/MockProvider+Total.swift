internal import BursarCatalog
internal import BursarModel

/// Where the example tells a total beside its first amount, both move together: a demo whose figures do not add up teaches nothing.
extension MockProvider {
    /// The way to the number that the first total is read from; nil where there is none, or another number belongs to it as well.
    /// Found by trying its neighbours, as everything that the mocks know comes from what a definition makes of bodies.
    static func totalPath(
        beside amountPath: [JSONStep]?, in body: [UInt8], reading: ([UInt8]) -> Reading?
    ) -> (path: [JSONStep], total: ExactDecimal)? {
        guard let amountPath, case .key(let own)? = amountPath.last, let example = reading(body),
            let first = example.amounts.first, first.kind != .total,
            let total = example.amounts.first(where: { $0.kind == .total && $0.unit == first.unit })?.value,
            let more = total.adding(total.atSameScale(ExactDecimal(1)) ?? .zero), var container = try? JSONReader.read(body)
        else { return nil }
        for step in amountPath.dropLast() {
            switch step {
            case .key(let key): container = container[key] ?? .null
            case .index(let index): container = container[index] ?? .null
            }
        }
        for member in container.object?.members ?? [] where member.key != own {
            let path = amountPath.dropLast() + [.key(member.key)]
            guard let changed = ExampleText(body).replacingNumber(at: Array(path), by: more.description),
                let read = reading(changed.bytes), read.amounts.first == first,
                read.amounts.contains(where: { $0.kind == .total && $0.unit == first.unit && $0.value == more })
            else { continue }
            return (Array(path), total)
        }
        return nil
    }

    /// The text with the total as far from the example's as the first amount is.
    func withTotal(_ text: ExampleText, firstAmount: ExactDecimal) -> ExampleText {
        guard let example = exampleAmount, let (path, total) = totalPath, let distance = firstAmount.subtracting(example),
            let moved = total.adding(distance), !moved.isNegative
        else { return text }
        return text.replacingNumber(at: path, by: moved.description) ?? text
    }
}
