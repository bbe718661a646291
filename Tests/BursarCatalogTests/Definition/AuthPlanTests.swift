import BursarModel
import Testing

@testable import BursarCatalog

@Suite struct AuthPlanTests {
    private let two = AuthPlan(displayName: "X-Key", scheme: .apiKey(prefix: ""), secondHeader: "X-Secret")
    private let one = AuthPlan(displayName: "Authorization", scheme: .apiKey(prefix: "Token "))

    /// In words, because a secret is not to be compared by accident.
    private func sent(_ headers: [String: [String]], to plan: AuthPlan) -> String {
        switch plan.sent({ headers[$0] ?? [] }) {
        case .nothing: "nothing"
        case .several: "several"
        case .unusable: "unusable"
        case .credential(let secret): secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func `one of two headers alone is somebody's own, whichever it is`() {
        #expect(sent([:], to: two) == "nothing")
        #expect(sent(["x-key": ["a"]], to: two) == "unusable")
        #expect(sent(["x-secret": ["b"]], to: two) == "unusable")
        #expect(sent(["x-secret": [""]], to: two) == "unusable")
        #expect(sent(["x-key": ["a"], "x-secret": ["b"]], to: two) == "a:b")
        #expect(sent(["x-secret": ["b", "c"]], to: two) == "several")
        #expect(sent(["x-secret": ["b"]], to: one) == "nothing")
    }

    @Test func `a colon in the first of two secrets is refused, because it would be cut there`() {
        #expect(sent(["x-key": ["a:b"], "x-secret": ["c"]], to: two) == "unusable")
        #expect(sent(["x-key": ["a"], "x-secret": ["b:c"]], to: two) == "a:b:c")
        let secret = Secret("a:b:c")
        #expect(two.headerValue(for: secret) == "a" && two.secondValue(for: secret) == "b:c")
    }

    @Test func `words name both headers where there are two`() {
        #expect(two.form == "X-Key: … and X-Secret: …")
        #expect(two.sample == "x-key: KEY and x-secret: SECRET")
        #expect(two.headerWords == "x-key and x-secret headers")
        #expect(two.challenge == #"ApiKey header="x-key, x-secret""#)
        #expect(one.form == "Authorization: Token …")
        #expect(one.sample == "authorization: Token KEY")
        #expect(one.headerWords == "authorization header")
    }
}
