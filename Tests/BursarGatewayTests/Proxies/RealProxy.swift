import Foundation
import Glibc
import TestSupport
import Testing

/// A configuration as docs/reverse-proxy.md shows it. *Value.*
struct ProxyExample: Sendable, CustomTestStringConvertible {
    enum Kind: String, CaseIterable, Sendable { case nginx, haproxy, caddy }

    let kind: Kind
    let number: Int
    let text: String

    /// Where it has what the gateway serves.
    var prefix = ""

    var testDescription: String { "\(kind.rawValue), example \(number)" }

    /// All of the document, in its order.
    static let all: [ProxyExample] = Kind.allCases.flatMap { blocks(of: $0, in: "docs/reverse-proxy.md") }

    /// The one of docs/operations.md, which is a location of somebody's server.
    static let underPrefix: [ProxyExample] = blocks(of: .nginx, in: "docs/operations.md").map { example in
        ProxyExample(
            kind: .nginx, number: 0, text: "server {\n    listen 127.0.0.1:8080;\n\(example.text)\n}\n", prefix: "/bursar")
    }

    private static func blocks(of kind: Kind, in name: String) -> [ProxyExample] {
        guard let document = try? String(contentsOf: file(name), encoding: .utf8) else { return [] }
        return document.components(separatedBy: "```\(kind.rawValue)\n").dropFirst().enumerated().map { index, rest in
            let text = rest.components(separatedBy: "```")[0]
            // A socket's path has the word as well, within.
            return ProxyExample(kind: kind, number: index + 1, text: text, prefix: text.contains(" /bursar") ? "/bursar" : "")
        }
    }

    private static func file(_ name: String) -> URL {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let file = folder.appendingPathComponent(name)
            if FileManager.default.fileExists(atPath: file.path) { return file }
        }
        return folder
    }
}

/// A proxy that runs as a process of its own in front of a gateway. Stop it, or it stays.
struct RealProxy {
    let url: String
    /// Where HTTP/2 without TLS is spoken, where a proxy was started for it.
    let http2: String
    private let port: Int
    private let server: LocalServer

    /// Starts the program with an example, in which the addresses are replaced by real ones, and waits until it answers.
    ///
    /// - Parameter http2: HTTP/2 without TLS is wanted as well, which HAProxy takes as it is.
    static func start(
        _ example: ProxyExample, http2: Bool = false, tcp: String, socket: String, in folder: ScratchFolder
    ) async throws -> RealProxy {
        let port = try await LocalProgram.freePort()
        var http2Port = port
        var body = example.text.replacingOccurrences(of: "127.0.0.1:8787", with: tcp)
            .replacingOccurrences(of: "/run/bursar/bursar.sock", with: socket)
            .replacingOccurrences(of: "127.0.0.1:8080", with: "127.0.0.1:\(port)")
        let arguments: [String]
        switch example.kind {
        case .nginx:
            if http2 {
                // Without TLS a port of nginx 1.22 speaks one version or the other.
                http2Port = try await LocalProgram.freePort()
                let listen = "listen 127.0.0.1:\(port);"
                body = body.replacingOccurrences(of: listen, with: "\(listen) listen 127.0.0.1:\(http2Port) http2;")
            }
            let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
                "\($0)_temp_path \(folder.file("temp-" + $0));"
            }
            let text =
                "daemon off; master_process off; pid \(folder.file("pid")); error_log stderr;\nevents {}\n"
                + "http { access_log off; \(temporary.joined(separator: " "))\n\(body)\n}\n"
            arguments = ["-p", folder.path, "-c", try folder.write(text, to: "nginx.conf")]
        case .haproxy:
            let text = "defaults\n    mode http\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n" + body
            arguments = ["-db", "-f", try folder.write(text, to: "haproxy.cfg")]
        case .caddy:
            let protocols = http2 ? "    servers {\n        protocols h1 h2c\n    }\n" : ""
            let text = "{\n    admin off\n    auto_https off\n\(protocols)}\n" + body
            arguments = ["run", "--adapter", "caddyfile", "--config", try folder.write(text, to: "Caddyfile")]
        }
        let url = "http://127.0.0.1:\(port)\(example.prefix)"
        let server = try await LocalServer.start(
            example.kind.rawValue, arguments, in: folder, until: url + "/livez", says: "alive")
        return RealProxy(
            url: url, http2: "http://127.0.0.1:\(http2Port)\(example.prefix)", port: port, server: server)
    }

    func stop() async { await server.stop() }

    /// Sends these bytes as they are, and returns all that comes until the proxy closes or says nothing for some seconds.
    func exchange(_ text: String) async -> String {
        let port = port
        return await onOwnThread { Self.blockingExchange(text, port) }
    }

    private static func blockingExchange(_ text: String, _ port: Int) -> String {
        let connected = LoopbackSocket.connect(port: port) { descriptor in
            var time = timeval(tv_sec: 5, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        guard let descriptor = connected else { return "" }
        defer { close(descriptor) }
        guard LoopbackSocket.send(text, to: descriptor) else { return "" }
        var received: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { return String(decoding: received, as: UTF8.self) }
            received += piece[..<count]
        }
    }

    /// A gateway that listens as the example wants it, and the proxy in front of it.
    static func with(
        _ example: ProxyExample, _ accounts: [String], http2: Bool = false,
        _ body: @Sendable (RealProxy, TestGateway) async throws -> Void
    ) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = folder.file("bursar.sock")
        let header = example.text.contains("send-proxy") ? "proxy_protocol: [unix]" : "trusted_proxies: [127.0.0.1, unix]"
        try await TestGateway.with(accounts, listen: TestGateway.listening(at: socket), settings: header) {
            gateway async throws in
            let proxy = try await start(example, http2: http2, tcp: gateway.addresses[0], socket: socket, in: folder)
            do {
                try await body(proxy, gateway)
            } catch {
                await proxy.stop()
                throw error
            }
            await proxy.stop()
        }
    }
}
