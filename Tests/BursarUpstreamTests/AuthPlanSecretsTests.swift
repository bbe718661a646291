import BursarCatalog
import BursarModel
import BursarUpstream
import Testing

@Suite struct AuthPlanSecretsTests {
    @Test func `of a basic-auth pair the password is a credential by itself`() {
        let basic = AuthPlan(displayName: "Authorization", scheme: .basic)
        let scrubber = Scrubber(basic.secrets(of: Secret("user:pass:word-123")))
        #expect(scrubber.scrub("no pass:word-123 here") == "no [redacted] here")
        #expect(scrubber.scrub("user:pass:word-123") == "[redacted]")
    }

    @Test func `a key is one credential`() {
        let key = AuthPlan(displayName: "x-api-key", scheme: .apiKey(prefix: ""))
        #expect(key.secrets(of: Secret("a:key-with-a-colon")).count == 1)
    }
}
