import BursarBasics
@testable import BursarConfiguration
import BursarHTTP
import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import BursarGateway

/// What `listen`, `tls`, `trusted_proxies`, `proxy_protocol` and `limits` say, over real sockets and with curl as the client.
@Suite(.timeLimit(.minutes(3)), .enabled(if: LocalProgram.has("curl", "openssl"), "curl or openssl is not installed"))
struct ListenersTests {
    private let account = ["provider: sunor, key: mock-ok"]

    @Test func `a trusted proxy names the client of the log, and nobody else does`() async throws {
        for (trusted, peer) in [("[127.0.0.0/8]", "203.0.113.9"), ("[10.0.0.0/8]", "127.0.0.1")] {
            try await TestGateway.with([], settings: "trusted_proxies: \(trusted)") { gateway in
                let answer = try await gateway.get("/livez", ("x-forwarded-for", "198.51.100.1, 203.0.113.9"))
                #expect(answer.status == 200)
                #expect(await gateway.log.contains("\"peer\":\"\(peer)\""), "\(gateway.log.text)")
            }
        }
    }

    @Test func `a PROXY header names the client where one is expected`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = folder.file("b.sock")
        try await TestGateway.with([], listen: "['127.0.0.1:0', 'unix:\(socket)']", settings: "proxy_protocol: [unix]") {
            gateway in
            let asked = try await LocalProgram.curl("--haproxy-protocol", "--unix-socket", socket, "http://localhost/livez")
            #expect(asked.contains("alive"))
            let without = try await LocalProgram.curl("--unix-socket", socket, "http://localhost/livez")
            #expect(without.hasPrefix("curl "), "\(without)")
            // It was a number in /metrics and nothing else, and who set the proxy up saw only closed connections.
            let line = "proxy_protocol names its peer, and it sent no PROXY header"
            #expect(await gateway.log.contains(line))
            _ = try await LocalProgram.curl("--unix-socket", socket, "http://localhost/livez")
            #expect(gateway.log.text.split(separator: line, omittingEmptySubsequences: false).count == 2)
            let unexpected = try await LocalProgram.curl("--haproxy-protocol", gateway.url + "/livez")
            #expect(!unexpected.contains("alive"), "\(unexpected)")
        }
    }

    @Test func `a socket's file has the mode that was asked for and goes with the gateway`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = folder.file("b.sock")
        try await TestGateway.with([], listen: "[{address: 'unix:\(socket)', mode: '0606'}, '127.0.0.1:0']") { gateway in
            let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int
            #expect(mode == 0o606)
            #expect(gateway.addresses[0] == "unix:\(socket)")
        }
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test func `a plain listener and one with TLS give the same answer, in HTTP 1 and 2`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await folder.makeCertificate("server")
        let (certificate, key) = (folder.file("server.pem"), folder.file("server.key"))
        try await TestGateway.with(
            account, listen: "['127.0.0.1:0', {address: '127.0.0.1:0', tls: true}]",
            settings: "tls: {certificate: \(certificate), key: \(key)}"
        ) { gateway in
            let plain = try await gateway.get("/v1/balances").text
            let secure = gateway.addresses[1]
            #expect(secure.hasPrefix("https://127.0.0.1:"))
            for version in ["--http1.1", "--http2"] {
                let answer = try await LocalProgram.curl(
                    version, "--cacert", certificate, "-w", " %{http_version}", secure + "/v1/balances")
                #expect(answer == plain + (version == "--http2" ? " 2" : " 1.1"))
            }
            let old = try await LocalProgram.curl("--tls-max", "1.1", "--cacert", certificate, secure + "/livez")
            #expect(old.hasPrefix("curl "))
        }
    }

    @Test func `with an authority a client needs its certificate`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await folder.makeCertificate("server")
        try await folder.makeCertificate("client")
        let (certificate, key) = (folder.file("server.pem"), folder.file("server.key"))
        try await TestGateway.with(
            [], listen: "['127.0.0.1:0', {address: '127.0.0.1:0', tls: true}]",
            settings: "tls: {certificate: \(certificate), key: \(key), client_ca: \(folder.file("client.pem"))}"
        ) { gateway in
            let url = gateway.addresses[1] + "/livez"
            #expect(try await LocalProgram.curl("--cacert", certificate, url).hasPrefix("curl "))
            let answer = try await LocalProgram.curl(
                "--cacert", certificate, "--cert", folder.file("client.pem"), "--key", folder.file("client.key"), url)
            #expect(answer.contains("alive"), "\(answer)")
        }
    }

    @Test func `what is wrong with TLS files is told with the file and the line`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await folder.makeCertificate("server")
        try await folder.makeCertificate("other")
        let empty = try folder.write("nothing\n", to: "empty.pem")
        let cases = [
            (folder.file("none.pem"), folder.file("server.key"), "\(folder.file("none.pem")) does not exist"),
            (empty, folder.file("server.key"), "\(empty): holds no certificate in PEM form"),
            (folder.file("server.pem"), empty, "\(empty): holds no private key in PEM form"),
            (
                folder.file("server.pem"), folder.file("other.key"),
                "\(folder.file("other.key")): is not the private key of the certificate in \(folder.file("server.pem")), or both are of a kind"
                    + " that is not used for TLS here"
            )
        ]
        for (certificate, key, message) in cases {
            let error = await #expect(throws: TestGateway.BadConfiguration.self) {
                _ = try await TestGateway.start(
                    [], listen: "[{address: '127.0.0.1:0', tls: true}]",
                    settings: "tls: {certificate: \(certificate), key: \(key)}")
            }
            #expect(error?.diagnostics.count == 1)
            #expect(error?.diagnostics.first?.contains(message) == true, "\(error?.diagnostics ?? [])")
            #expect(error?.diagnostics.first?.hasPrefix("test.yaml:2:") == true)
        }
    }

    @Test func `the configured number of connections is the bound`() async throws {
        try await TestGateway.with([], settings: "limits: {connections: 1}") { gateway in
            #expect(try await gateway.get("/livez").status == 200)
            // The pool's connection is still open.
            let second = try await LocalProgram.curl("-o", "/dev/null", "-w", "%{http_code}", gateway.url + "/livez")
            #expect(second == "503")
        }
    }

    @Test func `a socket that was passed to the process is served`() async throws {
        let passed = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(passed >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(passed, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        try #require(bound == 0)
        let gateway = try await TestGateway.start(
            [], inherited: [InheritedListener(descriptor: passed, name: "systemd:0", address: .tcp(host: "127.0.0.1", port: 0))])
        #expect(gateway.addresses.count == 2)
        let answer = try await LocalProgram.curl("http://\(gateway.addresses.last ?? "")/livez")
        try await gateway.stop()
        #expect(answer.contains("alive"), "\(answer)")
    }
}
