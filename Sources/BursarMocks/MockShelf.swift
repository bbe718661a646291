internal import BursarCatalog
internal import BursarModel
internal import Synchronization

/// The providers that the mocks can play. *Mutex; any thread.*
///
/// A catalog has many and a test calls a few: each is made of its definition when it is first called.
final class MockShelf: Sendable {
    /// The ids, in the catalog's order.
    let names: [String]
    /// Nil inside: its definition gives nothing to answer with.
    private let made: Mutex<[String: MockProvider?]>
    private let make: @Sendable (String) -> MockProvider?

    init(_ catalog: Catalog) {
        names = catalog.ids.map(\.name)
        made = Mutex([:])
        make = { name in ProviderID(name).flatMap { catalog[$0] }.flatMap { MockProvider($0) } }
    }

    init(_ providers: [MockProvider]) {
        names = providers.map(\.name)
        made = Mutex(Dictionary(providers.map { ($0.name, .some($0)) }, uniquingKeysWith: { first, _ in first }))
        make = { _ in nil }
    }

    /// Nil for other names, and for a definition whose examples give nothing to answer with.
    subscript(name: String) -> MockProvider? {
        if let known = made.withLock({ $0[name] }) { return known }
        guard names.contains(name) else { return nil }
        // Outside the lock: compiling takes milliseconds.
        let provider = make(name)
        made.withLock { $0[name] = .some(provider) }
        return provider
    }

    /// Those that an answer for `path` needs and that are not made yet: none where one is called again, all for the first `/_mock`.
    func missing(for path: String) -> [String] {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        let isAll = segments == ["_mock"]
        let wanted = isAll ? names : [(segments.first == "_mock" ? segments.last : segments.first) ?? ""]
        let unmade = made.withLock { made in wanted.filter { made[$0] == nil } }
        return isAll ? unmade : unmade.filter { names.contains($0) }
    }

    var all: [MockProvider] { names.compactMap { self[$0] } }

    /// What whoever asked for `path` may have meant: the path of the provider that it names, else where each begins.
    func paths(near path: String) -> [String] {
        let name = path.split(separator: "/").first.map(String.init) ?? ""
        if let provider = self[name] { return ["/\(name)\(provider.path)"] }
        return names.map { "/\($0)/…" }
    }
}
