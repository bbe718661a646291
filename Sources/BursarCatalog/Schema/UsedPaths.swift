/// Which parts of a body a mapping reads: there the schema is strict, elsewhere a provider may drift. *Value.*
struct UsedPaths: Sendable {
    /// A place as seen from above. *Value.*
    enum Place: Sendable, Hashable {
        /// The mapping reads the value here as a whole.
        case read
        /// It reads something below.
        case passed(Int)
        /// It reads nothing here or below.
        case ignored
    }

    private struct Node: Sendable {
        var isRead = false
        var members: [String: Int] = [:]
        /// Elements of an array, all alike: a place is strict if any of them is read.
        var elements: Int?
    }

    private var nodes = [Node()]

    /// The body itself.
    var root: Place { place(0) }

    mutating func insert(_ steps: [ValuePath.Step]) {
        var index = 0
        for step in steps {
            let next: Int?
            switch step {
            case .key(let key): next = nodes[index].members[key]
            case .index, .each: next = nodes[index].elements
            }
            if let next {
                index = next
                continue
            }
            nodes.append(Node())
            let new = nodes.count - 1
            switch step {
            case .key(let key): nodes[index].members[key] = new
            case .index, .each: nodes[index].elements = new
            }
            index = new
        }
        nodes[index].isRead = true
    }

    func member(_ name: String, of place: Place) -> Place {
        switch place {
        case .read, .ignored: place
        case .passed(let index): nodes[index].members[name].map { self.place($0) } ?? .ignored
        }
    }

    func element(of place: Place) -> Place {
        switch place {
        case .read, .ignored: place
        case .passed(let index): nodes[index].elements.map { self.place($0) } ?? .ignored
        }
    }

    /// Whether something at this place or below is read.
    func reads(_ steps: [ValuePath.Step]) -> Bool {
        var place = root
        for step in steps {
            switch step {
            case .key(let key): place = member(key, of: place)
            case .index, .each: place = element(of: place)
            }
        }
        return place != .ignored
    }

    private func place(_ index: Int) -> Place { nodes[index].isRead ? .read : .passed(index) }
}

extension Mapping {
    /// Everything that decides about a reading. The paths of codes are not among them: they are looked at only where a rule is broken.
    var usedPaths: UsedPaths {
        var used = UsedPaths()
        for rule in success { used.insert(rule.path.steps) }
        for root in roots {
            func insert(_ path: ValuePath, _ prefix: [ValuePath.Step] = []) { used.insert(root.steps + prefix + path.steps) }
            for path in [first, low?.path].compactMap({ $0 }) { insert(path) }
            for rule in amounts {
                let prefix = rule.each.map { $0.steps + [.each] } ?? []
                for path in rule.ownPaths { insert(path, prefix) }
            }
        }
        return used
    }
}

extension AmountRule {
    /// Where it reads in its body or element. Times are not among them: one that cannot be read is left out.
    fileprivate var ownPaths: [ValuePath] {
        var paths: [ValuePath] = []
        if case .told(let told) = unit { paths.append(told.path) }
        if let unlimited { paths.append(unlimited.path) }
        if each != nil { paths += conditions.map(\.path) }
        for kind in kinds {
            for expression in kind.alternatives {
                for term in expression.terms {
                    paths.append(term.path)
                    guard term.isSum else { continue }
                    for condition in conditions { paths.append(condition.path.appended(to: term.path.arrayElement)) }
                }
            }
        }
        return paths
    }
}
