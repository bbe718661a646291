import BursarCatalog
import BursarMocks
import NIOHTTP1
import Testing

@testable import BursarGateway

/// `traceparent` from a caller to the log, to problem documents and, where it was asked for, to providers.
@Suite(.timeLimit(.minutes(1)))
struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let field = "00-\(trace)-00f067aa0ba902b7-01"
    private static let header = ("traceparent", field)

    private static func account(_ upstream: RecordingUpstream) -> String {
        "provider: deepseek, key: a-key-that-names-nothing, base_url: '\(upstream.url)'"
    }

    private static let balance =
        #"{"is_available":true,"balance_infos":[{"currency":"USD","total_balance":"1.5","granted_balance":"0","topped_up_balance":"1.5"}]}"#

    @Test func `the trace's id stands in the line of each request that has one, hits and repetitions included`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            for _ in 0..<3 { _ = try await gateway.get("/v1/balances", Self.header) }
            let other = "aaaabbbbccccddddeeeeffff00001111"
            _ = try await gateway.get("/v1/balances", ("traceparent", "00-\(other)-00f067aa0ba902b7-00"))
            _ = try await gateway.get("/v1/balances")
            #expect(await gateway.log.contains(other))
            let lines = gateway.log.text.split(separator: "\n").filter { $0.contains(#""message":"request""#) }
            #expect(lines.count { $0.contains(#","trace_id":"\#(Self.trace)"}"#) } == 3)
            #expect(lines.count { $0.contains(#","trace_id":"\#(other)"}"#) } == 1)
            #expect(await gateway.log.contains(#""message":"upstream call""#))
            let call = gateway.log.text.split(separator: "\n").first { $0.contains(#""message":"upstream call""#) }
            #expect(call?.contains(Self.trace) == true, "the request that made the call necessary")
        }
    }

    @Test func `problem documents name the trace, also those that come later`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-500"]) { gateway async throws in
            for path in [
                "/nothing", "/v1/balances/nobody", "/v1/guard", "/v1/balances?key=secret", "/v1/balances", "/providers/nobody/x"
            ] {
                let answer = try await gateway.get(path, Self.header)
                #expect(answer.status >= 400 && answer.json?["trace_id"]?.text == Self.trace, "\(path): \(answer.text)")
                #expect(answer.json?["request_id"]?.text != nil)
                #expect(try await gateway.get(path).json?["trace_id"] == nil, "\(path)")
            }
        }
    }

    @Test func `a refusal before any route names it, and one instead of a ready answer does too`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            #expect(try await gateway.get("/v1/balances", Self.header).status == 200)
            for (header, status) in [(("host", "other.example"), 421), (("accept-encoding", "identity;q=0, br"), 406)] {
                let answer = try await gateway.get("/v1/balances", Self.header, header)
                #expect(answer.status == status && answer.json?["trace_id"]?.text == Self.trace, "\(answer.text)")
            }
        }
    }

    @Test(arguments: [
        ["00-\(trace.uppercased())-00f067aa0ba902b7-01"], ["00-\(trace)-0000000000000000-01"], ["nonsense"], [field, field]
    ])
    func `what is no valid field, or came twice, is none`(fields: [String]) async throws {
        let upstream = try await RecordingUpstream.start(answering: Self.balance)
        try await TestGateway.with([Self.account(upstream)], settings: "upstream: {traceparent: true}") { gateway async throws in
            let headers = fields.map { ("traceparent", $0) }
            let answer = try await gateway.send("/nothing", method: .GET, headers)
            #expect(answer.json?["trace_id"] == nil)
            #expect(try await gateway.send("/v1/balances", method: .GET, headers).status == 200)
            #expect(upstream.requests.count == 1 && !upstream.requests[0].contains("traceparent"))
            #expect(await gateway.log.contains(#""path":"/v1/balances""#))
            #expect(!gateway.log.text.contains("trace_id"))
        }
        await upstream.stop()
    }

    @Test func `a provider is sent nothing of it, unless the configuration says so`() async throws {
        let upstream = try await RecordingUpstream.start(answering: Self.balance)
        try await TestGateway.with([Self.account(upstream)]) { gateway async throws in
            #expect(try await gateway.get("/v1/balances", Self.header, ("tracestate", "vendor=secret")).status == 200)
        }
        #expect(upstream.requests.count == 1)
        #expect(!upstream.requests[0].contains("trace") && !upstream.requests[0].contains(Self.trace))
        await upstream.stop()
    }

    @Test func `a provider is sent the caller's trace with an id of the call's own, which the log has`() async throws {
        let upstream = try await RecordingUpstream.start(answering: Self.balance)
        try await TestGateway.with([Self.account(upstream)], settings: "upstream: {traceparent: true}") { gateway async throws in
            for _ in 0..<2 {
                let answer = try await gateway.get(
                    "/v1/balances", Self.header, ("tracestate", "vendor=secret"), ("cache-control", "no-cache"))
                #expect(answer.status == 200)
            }
            // Nobody's trace: none.
            #expect(try await gateway.get("/v1/balances", ("cache-control", "no-cache")).status == 200)
            let sent = upstream.requests.map { $0.firstMatch(of: /traceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-01/) }
            #expect(sent.count == 3 && sent[2] == nil && !upstream.requests.joined().contains("tracestate"))
            let spans = sent.compactMap { $0.map { String($0.2) } }
            #expect(sent.prefix(2).allSatisfy { $0.map { String($0.1) } == Self.trace })
            #expect(Set(spans).count == 2 && !spans.contains("00f067aa0ba902b7"))
            for span in spans { #expect(await gateway.log.contains(#""span_id":"\#(span)""#)) }
        }
        await upstream.stop()
    }

    @Test func `the metrics have nothing of a caller's trace`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            _ = try await gateway.get("/v1/balances", Self.header)
            #expect(!(try await gateway.get("/metrics", Self.header).text.contains(Self.trace)))
        }
    }
}
