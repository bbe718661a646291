import BursarCatalog
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// Whom a request names, and probes that name nobody; over real sockets, with curl as the client.
@Suite(.timeLimit(.minutes(3)), .enabled(if: LocalProgram.has("curl"), "curl is not installed"))
struct TargetsTests {
    private let account = ["provider: sunor, key: mock-ok"]

    private func status(_ arguments: String...) async throws -> String {
        try await LocalProgram.run("curl", ["-sS", "--max-time", "20", "-o", "/dev/null", "-w", "%{http_code}"] + arguments).text
    }

    // A6: 421 for a balancer's probes, which judged whom the header describes.
    @Test(arguments: ["Host;", "Host:", "Host: anything.example"])
    func `A6: behind a PROXY header over a Unix socket the real peer is judged`(host: String) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = folder.file("b.sock")
        try await TestGateway.with([], listen: TestGateway.listening(at: socket), settings: "proxy_protocol: [unix]") {
            gateway async throws in
            let version = host == "Host:" ? "--http1.0" : "--http1.1"
            #expect(
                try await status(version, "--haproxy-protocol", "--unix-socket", socket, "-H", host, "http://localhost/readyz")
                    == "200")
        }
    }

    @Test func `A6 and A12: a Host is judged whole, and an empty one is none`() async throws {
        try await TestGateway.with(account) { gateway async throws in
            let url = gateway.url + "/readyz"
            for host in ["Host;", "Host: localhost.", "Host: LOCALHOST:1", "Host: [::1]", "Host: 127.0.0.1."] {
                #expect(try await status("-H", host, url) == "200", "\(host)")
            }
            for host in ["Host: :8790", "Host: 127.0.0.1:evil", "Host: [::1].evil.example", "Host: .localhost"] {
                #expect(try await status("-H", host, url) == "400", "\(host)")
            }
            let unknown = try await LocalProgram.curl("-i", "-H", "Host: evil.example", url)
            #expect(unknown.contains(" 421 ") && unknown.contains("application/problem+json") && unknown.contains("hosts:"))
        }
    }

    // A7: refused, although a server must take it (RFC 9112 3.2.2).
    @Test func `A7: an absolute target is served, and its authority judged as Host is`() async throws {
        try await TestGateway.with(account) { gateway async throws in
            let direct = try await gateway.get("/v1/balances").text
            func ask(_ target: String, _ host: String = "Host: localhost") async throws -> String {
                try await LocalProgram.curl("-i", "--request-target", target, "-H", host, gateway.url)
            }
            #expect(try await ask("http://localhost/v1/balances").hasSuffix(direct))
            #expect(try await ask("https://127.0.0.1:8787/v1/balances", "Host: evil.example").hasSuffix(direct))
            #expect(try await ask("http://evil.example/v1/balances").contains(" 421 "))
            #expect(try await ask("http://localhost:evil/v1/balances").contains(" 400 "))
        }
    }

    // A8: 405, and HAProxy marked the server DOWN.
    @Test(arguments: ["--http1.0", "--http1.1"])
    func `A8: OPTIONS is answered 204 with Allow, for the server and for each path`(version: String) async throws {
        try await TestGateway.with(account) { gateway async throws in
            for (target, allow) in [
                ("*", "GET, HEAD, POST, PUT, DELETE, OPTIONS"), ("/", "GET, HEAD, OPTIONS"),
                ("/v1/balances", "GET, HEAD, OPTIONS"),
                ("/admin/reload", "POST, OPTIONS"), ("/v1/cooldowns/a/b", "DELETE, OPTIONS")
            ] {
                let answer = try await LocalProgram.curl(
                    "-i", version, "-X", "OPTIONS", "--request-target", target, gateway.url)
                #expect(answer.contains(" 204 ") && answer.contains("Allow: \(allow)\r\n"), "\(target): \(answer)")
            }
        }
    }

    // A4: the check for a credential was skipped where the query could not be decoded.
    @Test func `A4: a credential in a query that cannot be read is refused as one, and such a query at all`() async throws {
        try await TestGateway.with(account) { gateway async throws in
            let route = TestGateway.routes["sunor"] ?? ""
            for path in [route, "/v1/balances", "/livez"] {
                let leaked = try await gateway.get(path + "?api_key=abcdefgh12345678&x=%FF")
                #expect(leaked.status == 400)
                #expect(leaked.json?["type"]?.text == "urn:bursar:problem:credential_in_query")
                #expect(try await gateway.get(path + "?x=%FF").json?["type"]?.text == "urn:bursar:problem:invalid_request")
            }
        }
    }

    // D: what was too large was not said.
    @Test func `a head that is too large says that it may be the cookies`() async throws {
        try await TestGateway.with([]) { gateway async throws in
            let answer = try await LocalProgram.curl(
                "-i", "-H", "Cookie: a=" + String(repeating: "x", count: 20_000), gateway.url + "/livez")
            #expect(answer.contains(" 431 ") && answer.contains("cookies"), "\(answer)")
        }
    }

    @Test func `a target that is too long is told so, and not that it may be the cookies`() async throws {
        try await TestGateway.with([]) { gateway async throws in
            let answer = try await LocalProgram.curl("-i", gateway.url + "/livez?" + String(repeating: "x", count: 20_000))
            #expect(answer.contains(" 414 ") && answer.contains("http_414") && !answer.contains("cookies"), "\(answer)")
        }
    }

    // D: a Bearer of another server was called mistyped.
    @Test func `a foreign Bearer is told which scheme and token are wanted`() async throws {
        let client = TestClient("right")
        try await TestGateway.with(account, settings: "clients:\n" + client.line()) { gateway async throws in
            let foreign = try await gateway.get("/v1/balances", ("authorization", "Bearer of-something-else"))
            #expect(foreign.status == 401)
            #expect(foreign.text.contains("Authorization: Bearer bur_") && !foreign.text.contains("mistyped"), "\(foreign.text)")
            #expect(foreign.headers.first(name: "www-authenticate")?.hasPrefix("Bearer ") == true)
        }
    }
}
