import BursarBasics
import BursarCatalog
import BursarHTTP
import BursarModel
import TestSupport
import Testing

@testable import BursarConfiguration
@testable import BursarGateway

/// Where a token may stand, in which form.
@Suite struct PresentedTokenTests {
    private let token = TestClient("presented").token
    private let other = TestClient("other").token
    private var digest: PresentedToken { .token(Self.digest(token)) }

    private static func digest(_ text: String) -> TokenDigest {
        var text = text
        return text.withUTF8 { TokenDigest(of: UnsafeRawBufferPointer($0)) }
    }

    private let key = AuthPlan(displayName: "X-API-Key", scheme: .apiKey(prefix: ""))
    private let scheme = AuthPlan(displayName: "Authorization", scheme: .apiKey(prefix: "Token "))
    private let bearer = AuthPlan(displayName: "Authorization", scheme: .apiKey(prefix: "Bearer "))
    private let basic = AuthPlan(displayName: "Authorization", scheme: .basic)

    @Test func `on our own routes it stands behind Bearer, or alone in a header of our own`() {
        #expect(PresentedToken.read(["authorization": "Bearer \(token)"], auth: nil) == digest)
        #expect(PresentedToken.read(["Authorization": "bEaReR   \(token) "], auth: nil) == digest)
        #expect(PresentedToken.read(["bursar-token": token], auth: nil) == digest)
        #expect(PresentedToken.read(["x-api-key": token], auth: nil) == .none)
        #expect(PresentedToken.read([:], auth: nil) == .none)
        #expect(PresentedToken.read(["authorization": "Basic abc"], auth: nil) == .none)
        // Whoever sends something else there means us.
        // D: it was called mistyped, and often came from a ~/.netrc.
        #expect(PresentedToken.read(["authorization": "Bearer something"], auth: nil) == .foreign)
        #expect(PresentedToken.read(["authorization": "Bearer something", "bursar-token": token], auth: nil) == digest)
        #expect(PresentedToken.read(["bursar-token": "something"], auth: nil) == .malformed)
    }

    @Test func `on a provider route it stands where the provider's key would`() {
        #expect(PresentedToken.read(["x-api-key": token], auth: key) == digest)
        #expect(PresentedToken.read(["authorization": "Token \(token)"], auth: scheme) == digest)
        #expect(PresentedToken.read(["authorization": "token \(token)"], auth: scheme) == digest)
        #expect(PresentedToken.read(["authorization": "Bearer \(token)"], auth: bearer) == digest)
        for plan in [key, scheme, bearer, basic] {
            #expect(PresentedToken.read(["authorization": "Bearer \(token)"], auth: plan) == digest)
            #expect(PresentedToken.read(["bursar-token": token], auth: plan) == digest)
        }
        #expect(PresentedToken.read(["authorization": "Token \(token)"], auth: key) == .none)
    }

    @Test func `of a basic pair either part may be it`() {
        for pair in ["\(token):", "\(token):x", "x:\(token)", "\(token):\(token)"] {
            let value = "Basic " + base64(pair)
            #expect(PresentedToken.read(["authorization": value], auth: basic) == digest)
        }
        #expect(PresentedToken.read(["authorization": "Basic " + base64("\(token):\(other)")], auth: basic) == .several)
        #expect(PresentedToken.read(["authorization": "Basic " + base64("user:password")], auth: basic) == .none)
        #expect(PresentedToken.read(["authorization": "Basic ***"], auth: basic) == .none)
    }

    private func base64(_ text: String) -> String { Array(text.utf8).withUnsafeBytes { Base64.encode($0) } }

    @Test func `a provider's own key is no business of ours`() {
        #expect(PresentedToken.read(["x-api-key": "sk-1234"], auth: key) == .none)
        #expect(PresentedToken.read(["authorization": "Bearer sk-1234"], auth: bearer) == .none)
        #expect(PresentedToken.read(["x-api-key": "sk-1234", "bursar-token": token], auth: key) == digest)
        #expect(PresentedToken.read(["x-api-key": "sk-1234", "authorization": "Bearer \(token)"], auth: key) == digest)
    }

    @Test func `the same token twice is one, two are too many, and so is a header that comes twice`() {
        #expect(PresentedToken.read(["x-api-key": token, "authorization": "Bearer \(token)"], auth: key) == digest)
        #expect(PresentedToken.read(["x-api-key": token, "authorization": "Bearer \(other)"], auth: key) == .several)
        #expect(PresentedToken.read(["bursar-token": token, "Bursar-Token": token], auth: nil) == .several)
        #expect(PresentedToken.read(["authorization": "Bearer \(token)", "Authorization": "Bearer x"], auth: nil) == .several)
    }

    @Test func `what begins like a token and is none is never taken for a provider's key`() {
        for text in ["bur_", "bur_short", token + "x", String(token.dropLast())] {
            #expect(PresentedToken.read(["x-api-key": text], auth: key) == .malformed)
            #expect(PresentedToken.read(["authorization": "Bearer \(text)"], auth: bearer) == .malformed)
        }
    }

    @Test func `only a token is alone in its header`() {
        #expect(PresentedToken.isAlone(in: "x-api-key", of: ["x-api-key": token]))
        #expect(PresentedToken.isAlone(in: "authorization", of: ["authorization": "Token \(token)"]))
        #expect(PresentedToken.isAlone(in: "x-api-key", of: [:]))
        #expect(!PresentedToken.isAlone(in: "x-api-key", of: ["x-api-key": "sk-1234"]))
        // Twice: the second may be anything.
        #expect(!PresentedToken.isAlone(in: "x-api-key", of: ["x-api-key": token, "x-api-key": "sk-1234"]))
    }

    // It was taken for a key of the caller's own, and refused.
    @Test func `a token stands in the provider's own form, also without the colon that Basic wants`() {
        for text in [token, "\(token):", "x:\(token)"] {
            let headers: HeaderFields = ["authorization": "Basic \(base64(text))"]
            #expect(PresentedToken.stands(in: "authorization", of: headers, as: .basic))
        }
        #expect(!PresentedToken.stands(in: "authorization", of: ["authorization": "Basic \(base64("user:secret"))"], as: .basic))
        #expect(!PresentedToken.stands(in: "authorization", of: [:], as: .basic))
    }
}
