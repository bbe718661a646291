import TestSupport
import Testing

@testable import BursarGateway

/// curl as people call it, in each of its ways, gets the same answer.
@Suite(.timeLimit(.minutes(3)), .enabled(if: LocalProgram.has("curl"), "curl is not installed"))
struct CurlTests {
    @Test func `every way to ask gives the same bytes`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = folder.file("b.sock")
        try await TestGateway.with(TestGateway.five, listen: "['127.0.0.1:0', 'unix:\(socket)']") { gateway in
            let direct = try await gateway.get("/v1/balances").text
            let url = gateway.url + "/v1/balances"
            for option in ["--http1.0", "--http1.1", "--http2", "--http2-prior-knowledge", "--compressed"] {
                #expect(try await LocalProgram.curl(option, url) == direct, "\(option)")
            }
            for option in ["--http1.1", "--http2", "--http2-prior-knowledge"] {
                let answer = try await LocalProgram.curl(
                    option, "--compressed", "--unix-socket", socket, "http://localhost/v1/balances")
                #expect(answer == direct, "\(option)")
            }
            // A3: the offer of h2c is ignored.
            let offered = try await LocalProgram.curl("--http2", "-o", "/dev/null", "-w", "%{http_version}", url)
            #expect(offered == "1.1")
        }
    }

    @Test(arguments: ["--http1.1", "--http2-prior-knowledge"])
    func `a PROXY header comes before either protocol`(version: String) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = folder.file("b.sock")
        try await TestGateway.with([], listen: "['unix:\(socket)', '127.0.0.1:0']", settings: "proxy_protocol: [127.0.0.1]") {
            gateway in
            let answer = try await LocalProgram.curl(version, "--haproxy-protocol", "http://\(gateway.addresses[1])/livez")
            #expect(answer.contains("alive"), "\(answer)")
        }
    }
}
