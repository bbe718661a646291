import BursarCatalog
import BursarMocks
import NIOHTTP1
import TestSupport
import Testing

/// A provider that takes two headers, neither of which opens anything alone.
@Suite struct TwoHeadersTests {
    private static let tomba = "/providers/tomba/v1/me"
    private static let accounts = ["provider: tomba, user: somebody, key: mock-ok"]
    private static let client = TestClient("client")

    @Test func `whoever sends one of two headers gets no other account's balance, warm or not`() async throws {
        try await TestGateway.with(Self.accounts) { gateway async throws in
            for _ in 0..<3 {
                #expect(try await gateway.get(Self.tomba).status == 200)
                for own in [("X-Tomba-Key", "ta_mine"), ("X-Tomba-Secret", "ts_mine")] {
                    let answer = try await gateway.get(Self.tomba, own)
                    #expect(answer.status == 401, "\(own)")
                    #expect(answer.text.contains("which is X-Tomba-Key: … and X-Tomba-Secret: …"), "\(answer.text)")
                }
            }
            #expect(try gateway.mocks.calls(for: "tomba") == 1)
        }
    }

    @Test func `an answer varies by both headers`() async throws {
        try await TestGateway.with(Self.accounts) { gateway async throws in
            let answer = try await gateway.get(Self.tomba)
            #expect(answer.headers["vary"] == ["accept-encoding, x-tomba-key, x-tomba-secret"])
        }
    }

    @Test func `a caller's own two secrets are asked with, and a first one with a colon is sent nowhere`() async throws {
        try await TestGateway.with(Self.accounts) { gateway async throws in
            let secret = ("X-Tomba-Secret", "mock-ok~mine")
            #expect(try await gateway.get(Self.tomba, ("X-Tomba-Key", "ta_mine"), secret).status == 200)
            #expect(try gateway.mocks.calls(for: "tomba", key: "ta_mine:mock-ok~mine") == 1)
            let cut = try await gateway.get(Self.tomba, ("X-Tomba-Key", "ta:mine"), secret)
            #expect(cut.status == 401)
            #expect(cut.text.contains("with no colon in the first"), "\(cut.text)")
            #expect(try gateway.mocks.calls(for: "tomba") == 1)
        }
    }

    @Test func `without a key both headers are named`() async throws {
        try await TestGateway.with([]) { gateway async throws in
            let answer = try await gateway.get(Self.tomba)
            #expect(answer.status == 401)
            #expect(answer.text.contains("send one as X-Tomba-Key: … and X-Tomba-Secret: …"), "\(answer.text)")
            let listed = try await gateway.get("/v1/providers").json?["providers"]?.elements ?? []
            let auth = listed.first { $0["id"]?.text == "tomba" }?["auth"]
            #expect(auth?["header"] == "x-tomba-key" && auth?["second_header"] == "x-tomba-secret")
            #expect(listed.first { $0["id"]?.text == "sunor" }?["auth"]?["second_header"] == .null)
        }
    }

    @Test func `a client's token may stand in the first header, and half a key of its own gets nothing`() async throws {
        let passer = TestClient("passer")
        try await TestGateway.with(
            Self.accounts, settings: "clients:\n" + Self.client.line() + passer.line("passthrough: true")
        ) { gateway async throws in
            let token = ("X-Tomba-Key", Self.client.token)
            for _ in 0..<3 {
                #expect(try await gateway.get(Self.tomba, Self.client.bearer).status == 200)
                #expect(try await gateway.get(Self.tomba, token).status == 200)
                #expect(try await gateway.get(Self.tomba, token, ("X-Tomba-Secret", "anything")).status == 200)
                #expect(try await gateway.get(Self.tomba, token, ("X-Tomba-Secret", "")).status == 200)
                let half = ("X-Tomba-Secret", "ts_mine")
                #expect(try await gateway.get(Self.tomba, half, Self.client.bearer).status == 403)
                #expect(try await gateway.get(Self.tomba, half, passer.bearer).status == 401)
                let cut = try await gateway.get(Self.tomba, ("X-Tomba-Key", "ta:mine"), half, passer.bearer)
                #expect(cut.status == 401)
            }
            #expect(try gateway.mocks.calls(for: "tomba") == 1)
        }
    }
}
