import BursarMocks
import Foundation
import TestSupport
import Testing

@testable import BursarGateway

/// A real browser over TLS, with a certificate that signs itself: the same answers, and the page works.
@Suite(.timeLimit(.minutes(3)), .enabled(if: LocalProgram.has("chromium", "openssl"), "chromium or openssl is not installed"))
struct BrowserTests {
    private func dom(_ url: String, _ folder: ScratchFolder) async throws -> String {
        try await LocalProgram.run(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
                "--no-first-run", "--user-data-dir=\(folder.file("browser"))", "--ignore-certificate-errors",
                "--virtual-time-budget=5000", "--dump-dom", url
            ]
        ).text
    }

    @Test func `a browser gets the same answer over TLS`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await folder.makeCertificate("server")
        try await TestGateway.with(
            ["provider: sunor, key: mock-ok"], listen: "['127.0.0.1:0', {address: '127.0.0.1:0', tls: true}]",
            settings: "tls: {certificate: \(folder.file("server.pem")), key: \(folder.file("server.key"))}"
        ) { gateway in
            let plain = try await gateway.get("/v1/balances").text
            let shown = try await dom(gateway.addresses[1] + "/v1/balances", folder)
            #expect(shown.contains(plain), "\(shown)")
        }
    }
}

/// nghttp, the reference client of HTTP/2.
@Suite(.timeLimit(.minutes(3)), .enabled(if: LocalProgram.has("nghttp"), "nghttp is not installed"))
struct NghttpTests {
    @Test func `nghttp gets the same answer`() async throws {
        try await TestGateway.with(TestGateway.five) { gateway in
            let plain = try await gateway.get("/v1/balances").text
            #expect(try await LocalProgram.run("nghttp", [gateway.url + "/v1/balances"]).text == plain)
        }
    }

    @Test func `a drain says GOAWAY twice, and the answer under way comes between or behind`() async throws {
        let gateway = try await TestGateway.start(["provider: sunor, key: mock-ok"], latency: .milliseconds(1_500))
        let frames = Task { try await LocalProgram.run("nghttp", ["-nv", "--no-dep", gateway.url + "/v1/balances"]).text }
        try await gateway.mocks.waitForCalls(1, for: "sunor")
        await gateway.gateway.stop()
        let text = try await frames.value
        #expect(text.components(separatedBy: "recv GOAWAY frame").count - 1 == 2, "\(text)")
        #expect(text.contains(":status: 200"), "\(text)")
        #expect(text.contains("last_stream_id=2147483647"), "\(text)")
        try await gateway.stop()
    }
}
