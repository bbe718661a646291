import BursarCatalog
import BursarMocks
import BursarModel
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// A client token where a provider's key would stand.
@Suite struct VirtualKeyTests {
    private static let client = TestClient("virtual")
    private static let other = TestClient("other")

    /// As each provider's own documentation shows it, with the client token in the key's place.
    private static func forms(_ token: String) -> [(provider: String, header: (String, String))] {
        [
            ("deepixels", ("x-api-key", token)), ("tensorpix", ("Authorization", "Token \(token)")),
            ("legnext", ("x-api-key", token)),
            ("legnext", ("X-API-KEY", token)), ("sunor", ("x-api-key", token)), ("hyper3d", ("Authorization", "Bearer \(token)"))
        ]
    }

    @Test func `an unmodified client works on every route, warm or not, and Bearer does on each`() async throws {
        try await TestGateway.with(TestGateway.five, settings: "clients:\n" + Self.client.line()) { gateway async throws in
            for (provider, header) in Self.forms(Self.client.token) {
                let path = TestGateway.routes[provider] ?? ""
                let first = try await gateway.get(path, header)
                #expect((200...201).contains(first.status), "\(provider): \(first.text)")
                for _ in 0..<3 { #expect(try await gateway.get(path, header).bytes == first.bytes) }
                #expect(try await gateway.get(path, Self.client.bearer).bytes == first.bytes)
                #expect(try await gateway.get(path, ("bursar-token", Self.client.token)).bytes == first.bytes)
                #expect(try await gateway.get(path).status == 401)
                #expect(try gateway.mocks.calls(for: provider, key: Self.client.token) == 0)
                #expect(try gateway.mocks.calls(for: provider) == 1, "\(provider)")
            }
        }
    }

    @Test func `a wrong token gets the provider's documented 401`() async throws {
        let shapes = ["deepixels": "message", "tensorpix": "detail", "legnext": "message", "sunor": "", "hyper3d": ""]
        try await TestGateway.with(TestGateway.five, settings: "clients:\n" + Self.client.line()) { gateway async throws in
            for token in [Self.other.token, Self.client.mistyped(at: 30)] {
                for (provider, header) in Self.forms(token) {
                    let answer = try await gateway.get(TestGateway.routes[provider] ?? "", header)
                    gateway.clock.advance(by: .seconds(121))
                    #expect(answer.status == 401, "\(provider)")
                    #expect(answer.headers.first(name: "www-authenticate") != nil)
                    #expect(answer.headers.first(name: "cache-control") == "no-store")
                    if let member = shapes[provider], !member.isEmpty {
                        #expect(answer.headers.first(name: "content-type") == "application/json", "\(provider)")
                        #expect(answer.json?[member]?.text != nil, "\(provider): \(answer.text)")
                    }
                }
            }
            for provider in TestGateway.routes.keys { #expect(try gateway.mocks.calls(for: provider) == 0) }
        }
    }

    @Test func `a key of the caller's own needs a client that may use one`() async throws {
        let sunor = TestGateway.routes["sunor"] ?? ""
        let passer = TestClient("passer")
        try await TestGateway.with(
            ["provider: sunor, key: mock-balance-1"],
            settings: "clients:\n" + Self.client.line() + passer.line("passthrough: true")
        ) { gateway async throws in
            // A key alone says nothing of who asks.
            #expect(try await gateway.get(sunor, ("x-api-key", "mock-balance-2")).status == 401)
            let refused = try await gateway.get(sunor, ("x-api-key", "mock-balance-2"), Self.client.bearer)
            #expect(refused.status == 403 && refused.json?["type"] == "urn:bursar:problem:passthrough_refused")
            for _ in 0..<3 {
                let own = try await gateway.get(sunor, ("x-api-key", "mock-balance-2"), passer.bearer)
                #expect(own.json?["data"]?["available"] == .number("2"))
                let configured = try await gateway.get(sunor, passer.bearer)
                #expect(configured.json?["data"]?["available"] == .number("1"))
                // Warm by now; still not for this one.
                #expect(try await gateway.get(sunor, ("x-api-key", "mock-balance-2"), Self.client.bearer).status == 403)
            }
        }
    }

    @Test func `something of a client's own that is no key gets no other account's balance`() async throws {
        let tensorpix = TestGateway.routes["tensorpix"] ?? ""
        let passer = TestClient("passer")
        try await TestGateway.with(
            ["provider: tensorpix, key: mock-ok"],
            settings: "clients:\n" + Self.client.line() + passer.line("passthrough: true")
        ) { gateway async throws in
            for _ in 0..<3 {
                for (client, status) in [(Self.client, 403), (passer, 401)] {
                    #expect(try await gateway.get(tensorpix, client.bearer).status == 200)
                    let own = ("authorization", "Bearer my-own-key")
                    #expect(try await gateway.get(tensorpix, own, ("bursar-token", client.token)).status == status)
                }
            }
            #expect(try gateway.mocks.calls(for: "tensorpix") == 1)
        }
    }

    @Test func `without pass-through no key of a caller's own is taken, whoever sends it`() async throws {
        let sunor = TestGateway.routes["sunor"] ?? ""
        try await TestGateway.with(
            ["provider: sunor, key: mock-ok"], settings: "passthrough: false\nclients:\n" + Self.client.line("passthrough: true")
        ) { gateway async throws in
            for _ in 0..<3 {
                #expect(try await gateway.get(sunor, ("x-api-key", Self.client.token)).status == 200)
                #expect(try await gateway.get(sunor, ("x-api-key", "mock-balance-2"), Self.client.bearer).status == 403)
            }
        }
    }

    @Test func `a client reaches the account that it may see, and of a provider without one it gets a 401`() async throws {
        let sunor = TestGateway.routes["sunor"] ?? ""
        try await TestGateway.with(
            ["provider: sunor, key: mock-balance-1", "provider: sunor, name: two, key: mock-balance-2"],
            settings: "clients:\n" + Self.client.line(allow: "[sunor/two, hyper3d]")
        ) { gateway async throws in
            let answer = try await gateway.get(sunor, ("x-api-key", Self.client.token))
            #expect(answer.json?["data"]?["available"] == .number("2"))
            #expect(try await gateway.get("/providers/sunor@default/api/v1/account/balance", Self.client.bearer).status == 404)
            #expect(try await gateway.get(TestGateway.routes["hyper3d"] ?? "", Self.client.bearer).status == 401)
        }
    }

    /// Everything a caller might do with a token so that it goes where a key goes.
    private static func writings(_ token: String) -> [String] {
        let pair = { (text: String) in "Basic " + Data(text.utf8).base64EncodedString() }
        return [
            token, "Bearer \(token)", "Token \(token)", "bearer \(token)", "Key \(token)", pair("\(token):"),
            pair("user:\(token)"),
            pair("\(token):\(token)"), pair(token), "\"\(token)\"", "'\(token)'", token.uppercased(), token + "x", "x" + token,
            String(token.dropLast()), String(token.prefix(30)), "Bearer%20\(token)", "\(token),\(token)", "key=\(token)",
            "Bearer Bearer \(token)", "Token \"\(token)\"", "Bearer key:\(token)"
        ]
    }

    @Test(arguments: [true, false])
    func `a client token is never sent to a provider, whatever its holder does`(hasClients: Bool) async throws {
        let upstream = try await RecordingUpstream.start(answering: #"{"code":200,"data":{"available":1,"frozen":0,"total":1}}"#)
        let accounts = ["deepixels", "tensorpix", "legnext", "sunor", "hyper3d"].map {
            "provider: \($0), key: configured-key, base_url: '\(upstream.url)/\($0)'"
        }
        let clients = hasClients ? "clients:\n" + Self.client.line("passthrough: true, admin: true") : ""
        try await TestGateway.with(accounts, settings: clients) { gateway async throws in
            let token = Self.client.token
            for path in TestGateway.routes.values.sorted() {
                for writing in Self.writings(token) {
                    for name in ["x-api-key", "authorization", "bursar-token", "cookie", "proxy-authorization"] {
                        _ = try await gateway.get(path, (name, writing))
                        if name == "x-api-key" || name == "authorization" {
                            _ = try await gateway.get(path, (name, writing), ("bursar-token", token))
                            _ = try await gateway.get(path, (name, writing), ("cache-control", "no-cache"))
                        }
                        gateway.clock.advance(by: .seconds(121))
                    }
                }
                _ = try await gateway.get(path + "?key=\(token)", Self.client.bearer)
                _ = try await gateway.get(path + "/\(token)", Self.client.bearer)
                // That a key of a caller's own does get there, or this test could not fail.
                let own = path.contains("tensorpix") ? "Token own-key-of-caller" : "Bearer own-key-of-caller"
                _ = try await gateway.get(path, ("authorization", own), ("bursar-token", token))
                _ = try await gateway.get(path, ("x-api-key", "own-key-of-caller"), ("bursar-token", token))
            }
            _ = try await gateway.get("/v1/balances", Self.client.bearer)
        }
        await upstream.stop()
        let requests = upstream.requests
        #expect(requests.contains { $0.contains("own-key-of-caller") })
        #expect(requests.contains { $0.contains("configured-key") })
        let traces = [
            String(Self.client.token.prefix(24)), String(Self.client.token.suffix(24)),
            String(Data(Self.client.token.utf8).base64EncodedString().prefix(24))
        ].map { $0.lowercased() }
        for request in requests {
            let request = request.lowercased()
            #expect(!traces.contains { request.contains($0) }, "a client token went out")
            #expect(!request.contains("bursar-token"))
        }
        print("client tokens: \(requests.count) requests that reached providers were searched, clients configured: \(hasClients)")
    }
}
