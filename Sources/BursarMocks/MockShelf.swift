internal import BursarCatalog
internal import BursarModel
internal import Synchronization

/// The providers that the mocks can play. *Mutex; any thread.*
///
/// A catalog has many and a test calls a few: each is made of its definition when it is first called.
final class MockShelf: Sendable {
    /// The ids, in the catalog's order.
    let names: [String]
    private let made: Mutex<[String: MockProvider]>
    private let make: @Sendable (String) -> MockProvider?

    init(_ catalog: Catalog) {
        names = catalog.ids.map(\.name)
        made = Mutex([:])
        make = { name in ProviderID(name).flatMap { catalog[$0] }.flatMap { MockProvider($0) } }
    }

    init(_ providers: [MockProvider]) {
        names = providers.map(\.name)
        made = Mutex(Dictionary(providers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
        make = { _ in nil }
    }

    /// Nil for other names, and for a definition whose examples give nothing to answer with.
    subscript(name: String) -> MockProvider? {
        if let provider = made.withLock({ $0[name] }) { return provider }
        guard names.contains(name), let provider = make(name) else { return nil }
        made.withLock { $0[name] = provider }
        return provider
    }

    var all: [MockProvider] { names.compactMap { self[$0] } }

    /// What whoever asked for `path` may have meant: the path of the provider that it names, else where each begins.
    func paths(near path: String) -> [String] {
        let name = path.split(separator: "/").first.map(String.init) ?? ""
        if let provider = self[name] { return ["/\(name)\(provider.path)"] }
        return names.map { "/\($0)/…" }
    }
}
