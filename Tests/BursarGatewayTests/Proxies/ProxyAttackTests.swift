import BursarCatalog
import TestSupport
import Testing

@testable import BursarGateway

/// The documented configurations, attacked from the visitor's side. The proxies run as this process' user, which is the worst case:
/// over a Unix socket the kernel names an operator. How a request is disguised has `{}` where the path under the proxy goes.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: LocalProgram.has("curl"), "curl is not installed"))
struct ProxyAttackTests {
    private static let examples = (ProxyExample.all + ProxyExample.underPrefix).filter { LocalProgram.has($0.kind.rawValue) }

    /// What a visitor may add to look local, or to have the proxy's own headers dropped.
    private static let disguises: [[String]] = [
        [], ["-H", "Connection: close, X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto, Via"],
        ["-H", "X-Forwarded-For: 127.0.0.1"], ["-H", "X-Forwarded-For;"], ["-H", "Forwarded: for=127.0.0.1"],
        ["-H", "X-Real-IP: 127.0.0.1"], ["-H", "Host: localhost"], ["-H", "X-HTTP-Method-Override: POST"], ["--http1.0"],
        [
            "-H", "Connection: Upgrade, HTTP2-Settings", "-H", "Upgrade: h2c", "-H",
            "HTTP2-Settings: AAMAAABkAAQAAP__"
        ],
        ["--request-target", "http://127.0.0.1{}"], ["--request-target", "http://localhost{}"],
        ["--request-target", "http://localhost:8787{}", "-H", "Host: localhost"], ["--request-target", "/{}"],
        ["-H", "Transfer-Encoding: chunked", "-H", "Content-Length: 4", "--data-binary", "0"]
    ]

    /// A second request within the first one's body, for whoever reads its length in the other way.
    private static func smuggled(_ method: String, _ path: String) -> String {
        let inner = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let length = "0\r\n\r\n".utf8.count + inner.utf8.count
        let outer = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(length)\r\nTransfer-Encoding: chunked\r\n\r\n"
        return outer + "0\r\n\r\n" + inner + "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    }

    @Test func `operations.md has its example too`() { #expect(ProxyExample.underPrefix.count == 1) }

    // A3 and A10: behind the configuration of operations.md this was done, for visitors from anywhere.
    @Test(.enabled(if: !examples.isEmpty, "no proxy is installed"), arguments: examples)
    func `A10: no visitor reloads or clears a cooldown, whatever it sends`(example: ProxyExample) async throws {
        try await RealProxy.with(example, ["provider: sunor, key: mock-429-retry-after-300"]) { proxy, gateway in
            _ = try await gateway.get("/v1/balances")
            for disguise in Self.disguises {
                for (method, path) in Self.forOperators {
                    let arguments = disguise.map { $0.replacing("{}", with: example.prefix + path) }
                    // Some the proxy refuses by itself, or answers with nothing: a host that it does not know, an upgrade.
                    let answer = try await LocalProgram.run(
                        "curl", ["-sS", "-i", "--max-time", "20", "-X", method] + arguments + [proxy.url + path]
                    ).text
                    #expect(!Self.isDone(answer) && !answer.contains(" 101 "), "\(method) \(disguise): \(answer)")
                    let isPlain = disguise.isEmpty
                    if isPlain { #expect(answer.contains("not_admin"), "\(method): \(answer)") }
                }
            }
            for (method, path) in Self.forOperators {
                let answer = await proxy.exchange(Self.smuggled(method, example.prefix + path))
                #expect(!answer.isEmpty && !Self.isDone(answer), "\(method): \(answer)")
            }
            try await expectNothingDone(gateway)
        }
    }

    // What operations.md shows for systemd (a socket beside loopback) and for a container (a port that is published).
    @Test(arguments: ["'unix:SOCKET'", "'0.0.0.0:0'"])
    func `A10: over TCP nobody reloads or clears a cooldown, as operations.md has it run`(listener: String) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await TestGateway.with(
            ["provider: sunor, key: mock-429-retry-after-300"],
            listen: "['127.0.0.1:0', \(listener.replacing("SOCKET", with: folder.file("b.sock")))]",
            settings: "allow_anonymous: true"
        ) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            for address in gateway.addresses where !address.hasPrefix("unix:") {
                let url = "http://127.0.0.1:\(address.split(separator: ":").last ?? "")"
                for disguise in Self.disguises {
                    for (method, path) in Self.forOperators {
                        let arguments = disguise.map { $0.replacing("{}", with: path) }
                        let answer = try await LocalProgram.run(
                            "curl", ["-sS", "-i", "--max-time", "20", "-X", method] + arguments + [url + path]
                        ).text
                        #expect(!Self.isDone(answer), "\(method) \(disguise): \(answer)")
                        if disguise.isEmpty { #expect(answer.contains("not_admin"), "\(method): \(answer)") }
                    }
                }
            }
            try await expectNothingDone(gateway)
        }
    }

    private static let forOperators = [("POST", "/admin/reload"), ("DELETE", "/v1/cooldowns/sunor/default")]

    /// Of one answer or several: a reload's, or that of a cooldown that was cleared.
    private static func isDone(_ answers: String) -> Bool {
        answers.contains("bursar.reload.v1") || answers.contains(/HTTP\/1\.[01] 204\b/)
    }

    private func expectNothingDone(_ gateway: TestGateway) async throws {
        #expect(!gateway.log.text.contains("configuration reloaded"), "\(gateway.log.text)")
        #expect(try await gateway.get("/v1/status").json?["accounts"]?[0]?["hold"]?["kind"]?.text == "cooldown")
    }

    // A8: HAProxy's own check is `OPTIONS /` in HTTP/1.0, and a server that answered 405 was marked DOWN.
    @Test(.enabled(if: LocalProgram.has("haproxy"), "haproxy is not installed"))
    func `A8: HAProxy's default check finds the gateway up`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let example = ProxyExample(
            kind: .haproxy, number: 0,
            text: """
                frontend balances
                    bind 127.0.0.1:8080
                    acl up nbsrv(bursar) ge 1
                    http-request return status 200 content-type text/plain string "checked alive" if { path /livez } up
                    default_backend bursar
                backend bursar
                    option httpchk
                    timeout check 10s
                    server bursar 127.0.0.1:8787 check inter 100ms fall 1 rise 1

                """)
        try await TestGateway.with([]) { gateway async throws in
            // It answers once its check has found the server up; at the start a server counts as up, so some checks are awaited.
            let proxy = try await RealProxy.start(example, tcp: gateway.addresses[0], socket: "", in: folder)
            #expect(await gateway.log.contains("\"method\":\"OPTIONS\""))
            let answer = try await LocalProgram.curl(proxy.url + "/livez")
            await proxy.stop()
            #expect(answer.contains("checked alive"), "\(answer)")
            #expect(!gateway.log.text.contains("\"status\":\"405\""))
        }
    }
}
