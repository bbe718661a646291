import BursarCatalog
import TestSupport
import Testing

@testable import BursarGateway

/// The live stream as it arrives over each protocol, and through each documented proxy.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: LocalProgram.has("curl"), "curl is not installed"))
struct StreamProxyTests {
    private static let examples = (ProxyExample.all + ProxyExample.underPrefix).filter { LocalProgram.has($0.kind.rawValue) }

    /// All rows at once, a change as it comes, and goodbye; then the stream ends.
    private func read(_ arguments: [String], _ url: String, _ gateway: TestGateway, stops: Bool) async throws {
        let curl = try CurlStream(arguments, url + StreamTests.path)
        defer { curl.stop() }
        // The first call has to be over: it would time out when the clock goes on.
        try await curl.until(
            { state in !state.model.rows.isEmpty && state.model.rows.allSatisfy { $0.json["status"]?.text == "fresh" } },
            meanwhile: { gateway.passTime(.milliseconds(20)) })
        let rows = curl.now.model.count("row")
        gateway.clock.advance(by: .seconds(61))
        // It may be seen stale for a moment, where the call that follows begins late.
        try await curl.until(
            { $0.model.count("row") > rows && $0.model.rows.map { $0.json["status"]?.text } == ["fresh"] },
            meanwhile: { gateway.passTime(.milliseconds(100)) })
        guard stops else { return }
        await gateway.gateway.stop()
        let ended = try await curl.until(\.isEnded)
        #expect(ended.model.bye == "draining" && ended.error == nil, "\(ended.text)")
    }

    @Test func `curl reads it over every protocol`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await folder.makeCertificate("server")
        let socket = folder.file("b.sock")
        try await TestGateway.with(
            ["provider: sunor, key: mock-ok, ttl: 60s"],
            listen: "['127.0.0.1:0', {address: '127.0.0.1:0', tls: true}, 'unix:\(socket)']",
            settings: "tls: {certificate: \(folder.file("server.pem")), key: \(folder.file("server.key"))}"
        ) { gateway in
            for arguments in [["--http1.0"], ["--http1.1"], ["--http2-prior-knowledge"], ["--compressed"]] {
                try await read(arguments, gateway.url, gateway, stops: false)
            }
            for arguments in [["-k", "--http1.1"], ["-k", "--http2"]] {
                try await read(arguments, gateway.addresses[1], gateway, stops: false)
            }
            try await read(["--http2-prior-knowledge", "--unix-socket", socket], "http://localhost", gateway, stops: true)
        }
    }

    @Test(arguments: [["--http1.0"], ["--http1.1"], ["--http2-prior-knowledge"]])
    func `a stop says goodbye over every protocol`(arguments: [String]) async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok, ttl: 60s"]) { gateway in
            try await read(arguments, gateway.url, gateway, stops: true)
        }
    }

    @Test(arguments: examples)
    func `each documented proxy passes it on as it comes, over HTTP/2 and HTTP/1.1`(example: ProxyExample) async throws {
        try await RealProxy.with(example, ["provider: sunor, key: mock-ok, ttl: 60s"], http2: true) { proxy, gateway in
            try await read(["--http2-prior-knowledge"], proxy.http2, gateway, stops: false)
            try await read(["--http1.1"], proxy.url, gateway, stops: true)
        }
    }
}
