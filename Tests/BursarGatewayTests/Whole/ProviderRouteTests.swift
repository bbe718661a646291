@testable import BursarGateway
import BursarCatalog
import BursarMocks
import BursarModel
import NIOHTTP1
import Testing

@Suite struct ProviderRouteTests {
    private static let sunor = "/providers/sunor/api/v1/account/balance"

    @Test func `two callers with keys of their own never see each other's reading`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-balance-1"]) { gateway async throws in
            func available(_ key: String) async throws -> String? {
                try await gateway.get(Self.sunor, ("x-api-key", key)).json?["data"]?["available"].map { "\($0)" }
            }
            for _ in 0..<3 {
                #expect(try await available("mock-balance-2~ann") == "number(\"2\")")
                #expect(try await available("mock-balance-3~bob") == "number(\"3\")")
                #expect(try await gateway.get(Self.sunor).json?["data"]?["available"] == .number("1"))
            }
            #expect(try gateway.mocks.calls(for: "sunor", key: "mock-balance-2~ann") == 1)
            #expect(try gateway.mocks.calls(for: "sunor", key: "mock-balance-3~bob") == 1)
            #expect(try gateway.mocks.calls(for: "sunor") == 3)
        }
    }

    @Test func `the documented header form is understood on every route`() async throws {
        let forms = [
            "deepixels": ("x-api-key", "mock-balance-7"), "tensorpix": ("Authorization", "Token mock-balance-7"),
            "legnext": ("X-API-KEY", "mock-balance-7"), "sunor": ("x-api-key", "mock-balance-7"),
            "hyper3d": ("Authorization", "Bearer mock-balance-7")
        ]
        // Accounts only say where the mocks are: a passed-through key goes where the provider's account goes.
        try await TestGateway.with(TestGateway.five) { gateway async throws in
            for (provider, (name, value)) in forms {
                let answer = try await gateway.get(TestGateway.routes[provider] ?? "", (name, value))
                #expect(answer.status == 200, "\(provider)")
                #expect(try gateway.mocks.calls(for: provider, key: "mock-balance-7") == 1, "\(provider)")
            }
        }
    }

    @Test func `a query that the definition does not have is refused, and nobody is asked`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            let answer = try await gateway.get(Self.sunor + "?x=1")
            #expect(answer.status == 400)
            #expect(answer.json?["type"]?.text == "urn:bursar:problem:undocumented_query")
            #expect(try gateway.mocks.calls(for: "sunor") == 0)
        }
    }

    @Test func `without pass-through a caller's key goes nowhere`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"], settings: "passthrough: false") { gateway async throws in
            #expect(try await gateway.get(Self.sunor, ("x-api-key", "mock-401~caller")).status == 200)
            #expect(try gateway.mocks.calls(for: "sunor", key: "mock-401~caller") == 0)
        }
    }

    @Test(arguments: [(3, 400), (4, 200), (1_024, 200), (1_025, 400), (15_000, 400)])
    func `a caller's key that no provider gives out is sent nowhere`(bytes: Int, status: Int) async throws {
        let anything = try await RecordingUpstream.start(
            answering: #"{"code":200,"data":{"available":1,"frozen":0}}"#)
        try await TestGateway.with(["provider: sunor, key: mock-ok, base_url: '\(anything.url)'"]) { gateway async throws in
            let key = String(repeating: "k", count: bytes)
            let answer = try await gateway.get(Self.sunor, ("x-api-key", key))
            #expect(answer.status == status)
            if status == 400 { #expect(answer.json?["type"]?.text == "urn:bursar:problem:invalid_credential") }
            #expect(anything.requests.count == (status == 200 ? 1 : 0))
            await anything.stop()
        }
    }

    @Test func `without any credential the caller gets the provider's own 401`() async throws {
        try await TestGateway.with([]) { gateway async throws in
            for (provider, path) in TestGateway.routes {
                let answer = try await gateway.get(path)
                #expect(answer.status == 401, "\(provider)")
                #expect(answer.headers.first(name: "www-authenticate") != nil)
                #expect(answer.json != nil)
            }
        }
    }

    @Test func `a named account is reached by its name, and an unknown one says what exists`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-balance-1", "provider: sunor, name: two, key: mock-balance-2"]) {
            gateway in
            #expect(try await gateway.get(Self.sunor).json?["data"]?["available"] == .number("1"))
            let named = try await gateway.get("/providers/sunor@two/api/v1/account/balance")
            #expect(named.json?["data"]?["available"] == .number("2"))
            let unknown = try await gateway.get("/providers/sunor@three/api/v1/account/balance")
            #expect(unknown.status == 404)
            #expect(unknown.text.contains("default, two"))
        }
    }

    @Test func `what stands in the key's place and is no key gets no other account's balance`() async throws {
        let path = try #require(TestGateway.routes["tensorpix"])
        try await TestGateway.with(["provider: tensorpix, key: mock-ok", "provider: sunor, key: mock-ok"]) {
            gateway async throws in
            for value in ["Bearer my-own-key", "my-own-key", "Token", "Token ", ""] {
                let answer = try await gateway.get(path, ("authorization", value))
                #expect(answer.status == 401, "\(value)")
                #expect(answer.text.contains("holds no credential of the documented form"))
                // D: it did not say which.
                #expect(answer.text.contains("which is Authorization: Token …"))
            }
            #expect(try await gateway.get(Self.sunor, ("x-api-key", " ")).status == 401)
            #expect(try gateway.mocks.calls(for: "tensorpix") == 0)
            // Another provider's header means nothing here.
            #expect(try await gateway.get(Self.sunor, ("authorization", "Bearer my-own-key")).status == 200)
        }
    }

    @Test func `a key of one's own is asked where the account that the path names is asked`() async throws {
        let elsewhere = try await MockProviders.start()
        let accounts = [
            "provider: sunor, key: mock-balance-1",
            "provider: sunor, name: studio, key: mock-balance-2, base_url: '\(elsewhere.baseURL(for: "sunor"))'"
        ]
        try await TestGateway.with(accounts) { gateway async throws in
            let key = "mock-ok\(Canary.mark)"
            #expect(try await gateway.get("/providers/sunor@studio/api/v1/account/balance", ("x-api-key", key)).status == 200)
            #expect(try elsewhere.calls(for: "sunor", key: key) == 1)
            #expect(try gateway.mocks.calls(for: "sunor", key: key) == 0)
            #expect(try await gateway.get("/providers/sunor@nobody/api/v1/account/balance", ("x-api-key", key)).status == 404)
        }
        await elsewhere.stop()
    }

    @Test func `two credentials in one request are refused`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            let answer = try await gateway.get(Self.sunor, ("x-api-key", "mock-ok~1"), ("X-API-Key", "mock-ok~2"))
            #expect(answer.status == 400)
            #expect(answer.json?["type"] == "urn:bursar:problem:several_credentials")
            #expect(try gateway.mocks.calls(for: "sunor") == 0)
        }
    }

    @Test func `a path that the provider does not document is 404, another method 405`() async throws {
        try await TestGateway.with(TestGateway.five) { gateway async throws in
            let wrong = try await gateway.get("/providers/tensorpix/api/accounts/profile/balance")
            #expect(wrong.status == 404)
            #expect(wrong.text.contains("/providers/tensorpix/api/accounts/profile/balance/"))
            let post = try await gateway.get(Self.sunor, method: .POST)
            #expect(post.status == 405)
            #expect(post.headers.first(name: "allow") == "GET, HEAD, OPTIONS")
            #expect(try await gateway.get("/providers/nobody/x").status == 404)
        }
    }

    @Test func `a path that nobody documents is not there for any method`() async throws {
        try await TestGateway.with(TestGateway.five) { gateway async throws in
            let route = try #require(TestGateway.routes["deepixels"])
            for method in [HTTPMethod.GET, .OPTIONS, .PUT, .POST, .DELETE] {
                for path in [
                    "/providers/deepixels/nope", "/providers/deepixels", "/providers/deepixels@nobody/nope",
                    "/providers/nobody/x", route + "/"
                ] {
                    let answer = try await gateway.get(path, method: method)
                    #expect(answer.status == 404, "\(method) \(path)")
                    #expect(answer.headers["allow"].isEmpty)
                }
            }
            let options = try await gateway.get(route, method: .OPTIONS)
            #expect(options.status == 204 && options.headers["allow"] == ["GET, HEAD, OPTIONS"])
            #expect(try await gateway.get(route, method: .PUT).status == 405)
        }
    }

    @Test func `the path of a configured account is there, and another account's is not`() async throws {
        try await TestGateway.with(["provider: deepgram, key: mock-ok, parameters: {project_id: blue}"]) { gateway async throws in
            for (project, status) in [("blue", 204), ("red", 404)] {
                let path = "/providers/deepgram/v1/projects/\(project)/balances"
                #expect(try await gateway.get(path, method: .OPTIONS).status == status)
            }
        }
    }

    @Test func `a problem document says what happened, and not its title once more`() async throws {
        let cases = [
            ("mock-redirect", "It answered 302, a redirect, which is refused: to follow it would carry the key elsewhere. It is"),
            ("mock-truncated-json", "The body is not JSON: the text ends too early at byte "),
            ("mock-html", "The body is not JSON: "),
            ("mock-duplicate-keys", "The body is refused: a key that stands twice in one object at byte "),
            ("mock-reset", "The connection ended before an answer came. The log has the failed call. ")
        ]
        for (key, words) in cases {
            try await TestGateway.with(["provider: deepixels, key: \(key)"]) { gateway async throws in
                let answer = try await gateway.get(TestGateway.routes["deepixels"] ?? "")
                let (title, detail) = (answer.json?["title"]?.text ?? "", answer.json?["detail"]?.text ?? "")
                #expect(detail.hasPrefix(words), "\(key): \(answer.text)")
                #expect(!title.isEmpty && !detail.contains(title))
                #expect(detail.contains(" It is asked again at 20"))
            }
        }
    }

    @Test func `each kind of failure has words of its own`() throws {
        let until = WallTime(milliseconds: 1_763_766_000_000)
        for code in ProblemCode.allCases {
            let detail = Problem(code: code, upstreamStatus: 418, reason: "data is missing").detail(until: until)
            #expect(detail.contains(" It is asked again at 2025-11-21T23:00:00.000Z at the earliest."), "\(detail)")
            #expect(Problem(code: code).detail(until: nil).hasSuffix("."))
            #expect(!Problem(code: code).detail(until: nil).contains("asked again"))
        }
        #expect(Problem(code: .upstreamError, upstreamStatus: 500).detail(until: nil) == "It answered 500.")
    }

    @Test func `a field's name in a problem is the answer's own, and a sentence of ours begins as one`() {
        for (reason, words) in [
            ("balance_usd is missing", "In its answer, balance_usd is missing."),
            ("Data.frozen is missing", "In its answer, Data.frozen is missing."),
            ("status is missing", "In its answer, status is missing."), ("the body is not JSON", "The body is not JSON."),
            ("status 204 is not documented", "Status 204 is not documented.")
        ] { #expect(Problem(code: .invalidResponse, reason: reason).detail(until: nil) == words) }
    }

    @Test func `a documented error of the upstream is passed on byte for byte`() async throws {
        try await TestGateway.with(["provider: tensorpix, key: mock-401"]) { gateway async throws in
            let answer = try await gateway.get(TestGateway.routes["tensorpix"] ?? "")
            #expect(answer.status == 401)
            #expect(answer.json?["detail"]?.text != nil)
            #expect(answer.headers.first(name: "www-authenticate") == "Token")
            #expect(answer.headers.first(name: "cache-control") == "no-store")
        }
    }

    @Test(arguments: [
        ("sunor", #"{"code":500}"#, 500, true), ("sunor", #"{"code":503,"message":"x"}"#, 503, false),
        ("legnext", #"{"code":402,"message":"pay"}"#, 402, false)
    ])
    func `an error code inside a 2xx is answered as that error, in the provider's shape or as a problem, and told everywhere`(
        provider: String, body: String, status: Int, isDocumented: Bool
    ) async throws {
        let upstream = try await RecordingUpstream.start(answering: body)
        try await TestGateway.with(["provider: \(provider), key: mock-ok, base_url: '\(upstream.url)'"]) { gateway async throws in
            let route = try await gateway.get(TestGateway.routes[provider] ?? "")
            #expect(route.status == status, "\(route.text)")
            #expect(route.headers["content-type"] == [isDocumented ? "application/json" : "application/problem+json"])
            #expect(route.headers.contains(name: "retry-after") == (status == 503))
            if isDocumented {
                #expect(route.json?["code"]?.integer == status && route.json?["message"]?.text != nil)
            } else {
                #expect(route.json?["type"]?.text == "urn:bursar:problem:upstream_error")
                #expect(route.json?["detail"]?.text?.hasPrefix("It answered 200: code reports \(status).") == true)
            }
            let problem = try await gateway.get("/v1/balances").row(0)?["problem"]
            #expect(problem?["upstream_status"]?.integer == 200)
            #expect(problem?["reason"]?.text == "code reports \(status)")
            let explained = try await gateway.get("/v1/explain/\(provider)/default")
            let cause = "answered with an error (HTTP 200): code reports \(status)."
            #expect(explained.json?["cause"]?.text?.hasSuffix(cause) == true, "\(explained.text)")
            #expect(await gateway.log.contains("code reports \(status)"))
        }
        await upstream.stop()
    }

    /// It would run beside the page, with all that the page may read.
    @Test(arguments: [200, 401], ["text/html; charset=utf-8", "image/svg+xml", "application/vnd.api+json"])
    func `nothing that a provider writes is a document to a browser`(status: Int, type: String) async throws {
        let script = "<script>alert(1)</script>"
        let body =
            status == 200
            ? #"{"code":200,"data":{"available":1,"frozen":0},"message":"\#(script)"}"# : #"{"code":401,"message":"\#(script)"}"#
        let upstream = try await RecordingUpstream.start(status: status, type: type, answering: body)
        try await TestGateway.with(["provider: sunor, key: mock-ok, base_url: '\(upstream.url)'"]) { gateway async throws in
            for method in [HTTPMethod.GET, .GET, .HEAD] {
                let answer = try await gateway.get(Self.sunor, method: method)
                #expect(answer.status == status)
                #expect(method == .HEAD || answer.text == body)
                let isJSON = type.hasSuffix("+json")
                #expect(answer.headers["content-type"] == [isJSON ? type : "application/json"])
                #expect(answer.headers["x-content-type-options"] == ["nosniff"])
            }
        }
        await upstream.stop()
    }

    @Test func `a 201 stays a 201`() async throws {
        try await TestGateway.with(["provider: hyper3d, key: mock-ok"]) { gateway async throws in
            let answer = try await gateway.get(TestGateway.routes["hyper3d"] ?? "")
            #expect(answer.status == 200 || answer.status == 201)
            #expect(answer.headers.first(name: "age") == "0")
        }
    }
}
