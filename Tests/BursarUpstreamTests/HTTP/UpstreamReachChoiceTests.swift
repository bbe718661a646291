import BursarCatalog
import Testing

@testable import BursarUpstream

@Suite struct UpstreamReachChoiceTests {
    @Test func `whose choice an address is`() throws {
        let definition = try Fixture.definition()
        func reach(_ url: String) -> UpstreamReach { UpstreamReach(baseURL: url, definition: definition) }
        #expect(reach(definition.origin) == .provider)
        for url in [
            "http://127.0.0.1:9000/x", "http://localhost", "https://localhost:8443/a", "http://[::1]:80", "http://127.1.2.3"
        ] {
            #expect(reach(url) == .thisMachine)
        }
        for url in ["https://proxy.example/x", "https://10.0.0.1", "https://localhost.example", "https://127.0.0.1.example"] {
            #expect(reach(url) == .chosen)
        }
    }
}
