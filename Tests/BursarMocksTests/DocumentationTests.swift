import BursarModel
import Testing

@testable import BursarMocks

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct DocumentationTests {
    private func page() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/mocks.md"), encoding: .utf8)
    }

    @Test func `the page documents every scenario, and no other`() throws {
        let rows = try page().split(separator: "\n").filter { $0.hasPrefix("| `") }
        let documented = rows.compactMap { $0.split(separator: "`").dropFirst().first }.map { String($0) }
        #expect(Set(documented) == Set(MockScenario.all.map(\.name)))
        #expect(documented.count == MockScenario.all.count)
    }

    @Test func `every key that the page shows names a scenario`() throws {
        let page = try page()
        for match in page.matches(of: /mock-([a-z0-9][a-z0-9.\-]*)/) {
            let name = match.output.1
            #expect(MockScenario(name) != nil, "mock-\(name)")
        }
    }
}
