import BursarCatalog
import Foundation
import TestSupport
import Testing

@testable import BursarGateway

/// The commands as somebody at a terminal meets them: what they print, and the exit status.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct CommandLineTests {
    private func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Command.End {
        try await Command.run(arguments, environment: environment)
    }

    /// As ``Command/serving(_:accounts:store:listen:_:)``.
    private func serving(
        _ settings: String = "", listen: String? = nil,
        _ body: (_ folder: ScratchFolder, _ program: ChildProgram) async throws -> Void
    ) async throws {
        try await Command.serving(settings, listen: listen, body)
    }

    private static func tlsURL(_ program: ChildProgram) throws -> String {
        String(try #require(program.complaintText.firstMatch(of: /https:\/\/127\.0\.0\.1:\d+/)).output)
    }

    private static func withoutProc(_ command: String) async throws -> LocalProgram.Output {
        try await LocalProgram.run("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /proc && exec \(command)"])
    }

    /// Swift has no arguments then, and no command is help and success.
    @Test(.enabled("unmounting /proc needs root") { (try? await withoutProc("true"))?.status == 0 })
    func `where /proc is missing a guard is no yes`() async throws {
        let program = try #require(ChildProgram.path)
        for command in ["guard sunor --needs 1", "serve", "--version"] {
            let end = try await Self.withoutProc("\(program) \(command)")
            #expect(end.status == 69 && end.text.isEmpty && end.complaint.contains("/proc has to be mounted"), "\(end)")
        }
    }

    @Test func `B9: what answers may be anything: without JSON it is an error, and its words command no terminal`() async throws {
        func ask(_ arguments: String..., answer: String) async throws -> Command.End {
            let upstream = try await RecordingUpstream.start(answering: answer)
            let end = try await Command.run(["balances", "--url", upstream.url] + arguments)
            await upstream.stop()
            return end
        }
        let page = try await ask("--json", answer: "\u{1B}[2J<html>")
        #expect(page.status == 65 && page.output.isEmpty && page.complaint.contains("no JSON"), "\(page.complaint)")
        let problem = try await ask(answer: #"{"title":"busy \u001b[2J\u009b1m"}"#)
        #expect(problem.status == 69 && problem.complaint.contains("busy ?[2J?1m"), "\(problem.complaint)")
        #expect(try await ask("--json", answer: #"{"a": 1}"#).output == "{\"a\": 1}\n")
    }

    @Test func `an answer without balances is shown as it is by balances with json, and its exit code is that of the table`()
        async throws
    {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            let known = try await run("balances", "--json", "--url", gateway.url, "--provider", "sunor")
            #expect(known.status == 0 && known.output.contains("bursar.balances.v1"), "\(known.complaint)")
            for more in [[], ["--json"]] {
                let program = try ChildProgram(
                    ["balances", "--url", gateway.url, "--provider", "legnext"] + more, environment: [:])
                #expect(await program.untilEnd() == 64)
                #expect(program.complaintText.contains("answered 404"), "\(program.complaintText)")
                let output = String(decoding: program.output, as: UTF8.self)
                #expect(more.isEmpty ? output.isEmpty : output.contains("urn:bursar:problem:"), "\(output)")
            }
        }
    }

    @Test func `a gateway is asked over its Unix socket`() async throws {
        // It answered 400 once: a path is no Host, and none was sent.
        try await serving { folder, _ in
            let url = "unix:" + folder.file("b.sock")
            let health = try await run("healthcheck", "--url", url)
            #expect(health.status == 0, "\(health.complaint)")
            let balances = try await run("balances", "--json", "--url", url)
            #expect(balances.status == 0 && balances.output.contains("bursar.balances.v1"), "\(balances.complaint)")
        }
    }

    @Test(arguments: ["unix", "plain", "tls", "proxy"])
    func `a health check asks where the configuration says that the gateway listens (D)`(_ kind: String) async throws {
        let port = try await LocalProgram.freePort()
        try await serving(
            kind == "proxy" ? "proxy_protocol: [127.0.0.1]" : "",
            listen: kind == "unix"
                ? nil : kind == "tls" ? "{address: '127.0.0.1:\(port)', tls: true}" : "127.0.0.1:\(port)"
        ) { folder, program in
            let healthy = try await run("healthcheck", "--config", folder.file("bursar.yaml"))
            #expect(healthy.status == 0, "\(healthy.complaint)")
            // The variable that serve would read says the same.
            let named = try await run("healthcheck", environment: ["BURSAR_CONFIG": folder.file("bursar.yaml")])
            #expect(named.status == 0, "\(named.complaint)")
            await program.end(by: SIGTERM)
            let gone = try await run("healthcheck", "--config", folder.file("bursar.yaml"))
            #expect(gone.status == 69 && gone.complaint.contains("no answer from"), "\(gone.complaint)")
        }
    }

    @Test func `a health check tells another server from a gateway, and runs no command for keys (D)`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let upstream = try await RecordingUpstream.start(answering: #"{"status":"ok"}"#)
        let file = try folder.write(
            """
            listen: \(upstream.url.replacing("http://", with: ""))
            secrets: {exec: true}
            accounts: [{provider: sunor, key: '${exec:/bin/touch \(folder.file("ran"))}'}]
            """, to: "bursar.yaml")
        let asked = try await run("healthcheck", "--config", file)
        let named = try await run("healthcheck", "--url", upstream.url)
        await upstream.stop()
        #expect(named.status == 69 && named.complaint.contains("is no Bursar"), "\(named.complaint)")
        #expect(asked.status == 69 && asked.complaint.contains("is no Bursar"), "\(asked.complaint)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("ran")))
    }

    @Test func `a health check without its configuration names the file, and what named that`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = folder.file("none.yaml")
        let named = try await run("healthcheck", "--config", file)
        #expect(named.status == 66 && named.complaint == "\(file): error: does not exist (named by --config)\n")
        let variable = try await run("healthcheck", environment: ["BURSAR_CONFIG": file])
        #expect(variable.status == 66 && variable.complaint == "\(file): error: does not exist (named by BURSAR_CONFIG)\n")
    }

    @Test func `balances waits for fresh values, and takes what is cached where that is asked for (D)`() async throws {
        func request(_ arguments: String...) async throws -> String {
            let upstream = try await RecordingUpstream.start(answering: #"{"balances":[]}"#)
            let program = try ChildProgram(["balances", "--url", upstream.url] + arguments, environment: [:])
            _ = await program.untilEnd()
            await upstream.stop()
            return upstream.requests.last?.lowercased() ?? ""
        }
        let person = try await request()
        #expect(person.contains("cache-control: max-age=30") && person.contains("prefer: wait=5"), "\(person)")
        #expect(try await request("--cached").contains("cache-control: only-if-cached"))
    }

    @Test func `a gateway is asked over TLS with its authority, and a refusal says why at once`() async throws {
        try await serving { folder, program in
            let url = try Self.tlsURL(program)
            let asked = try await run("healthcheck", "--url", url, "--ca", folder.file("server.pem"))
            #expect(asked.status == 0, "\(asked.complaint)")
            let stranger = try await run("balances", "--url", url)
            #expect(stranger.status == 69)
            #expect(stranger.complaint.contains("not signed by an authority that is trusted here"), "\(stranger.complaint)")
            #expect(stranger.complaint.contains("--ca FILE"))
            let plain = try await run("balances", "--url", url.replacing("https:", with: "http:"))
            #expect(plain.status == 69 && plain.complaint.contains("Then ask https://"), "\(plain.complaint)")
            let cleartext = try await program.url().replacing("http:", with: "https:")
            let tls = try await run("balances", "--url", cleartext)
            #expect(tls.status == 69 && tls.complaint.contains("does not speak TLS"), "\(tls.complaint)")
            let missing = try await run("balances", "--url", url, "--ca", folder.file("none.pem"))
            #expect(missing.status == 66 && missing.complaint.contains("none.pem"))
        }
    }

    @Test func `what to try is not written into a log of JSON lines`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("listen: ['127.0.0.1:0']\nstore: memory\naccounts: []\n", to: "bursar.yaml")
        let program = try ChildProgram(["serve", "--config", file])
        let url = try await program.url()
        #expect(try await run("healthcheck", "--url", url).status == 0)
        await program.end(by: SIGTERM)
        let lines = program.complaintText.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("{") && $0.contains("listening") }, "\(lines)")
        #expect(!lines.contains { $0.contains("bursar listens on") || $0.contains("bursar balances") }, "\(lines)")
    }

    @Test func `where every listener has TLS, what is proposed names the authority`() async throws {
        try await serving(listen: "{address: '127.0.0.1:0', tls: true}") { _, program in
            let url = try Self.tlsURL(program)
            #expect(program.complaintText.contains("bursar balances --url \(url) --ca FILE"))
            #expect(program.complaintText.contains("curl --cacert FILE "))
        }
    }

    // It proposed https://0.0.0.0, which is no address to ask.
    @Test func `a listener with TLS at every interface is proposed at loopback`() async throws {
        try await serving("allow_anonymous: true", listen: "{address: '0.0.0.0:0', tls: true}") { _, program in
            let url = try Self.tlsURL(program)
            #expect(program.complaintText.contains("bursar balances --url \(url) --ca FILE"), "\(program.complaintText)")
        }
    }

    @Test func `a socket whose path has a blank is proposed as one word`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = folder.file("my gateway.sock")
        try await serving(listen: "'unix:\(socket)'") { _, program in
            let text = program.complaintText
            #expect(text.contains("bursar balances --url 'unix:\(socket)'\n"), "\(text)")
            #expect(text.contains("curl --unix-socket '\(socket)' 'http://localhost/v1/balances?pretty'\n"), "\(text)")
        }
    }

    @Test func `where clients are configured, what is proposed and what is refused name the token's variable`() async throws {
        let digest = String(repeating: "0a", count: 32)
        try await serving("clients: [{name: a, token_sha256: \(digest), allow: '*'}]") { folder, program in
            #expect(program.complaintText.contains("$BURSAR_TOKEN"))
            let refused = try await run("balances", "--url", "unix:" + folder.file("b.sock"))
            #expect(refused.status == 77 && refused.complaint.contains("$BURSAR_TOKEN"), "\(refused.complaint)")
        }
        #expect(try await run("balances", "--help").output.contains("$BURSAR_TOKEN"))
    }

    @Test(arguments: [
        ["balances", "--url", "127.0.0.1:8787"], ["healthcheck", "--url", "unix:"], ["serve", "--listen", "foo"],
        ["demo", "--listen", "http://127.0.0.1:1"], ["mock", "--listen", "9000"], ["mock", "--listen", "unix:/x.sock"],
        ["mock", "--latency", "5"], ["token", "new", "--name", "a", "--expires", "2020-01-01"],
        ["guard", "--needs", "abc", "sunor/ok"], ["balances", "--provider", ""], ["history", "--csv", "--json", "sunor/ok"]
    ])
    func `a malformed argument is a matter of usage, and of the command's own`(arguments: [String]) async throws {
        let program = try ChildProgram(arguments)
        #expect(await program.untilEnd() == 64)
        let command = arguments.prefix { !$0.hasPrefix("-") }.joined(separator: " ")
        #expect(program.complaintText.contains("Usage: bursar \(command)"), "\(program.complaintText)")
    }

    @Test(arguments: [
        "http://127.0.0.1:87870", "http://127.0.0.1:0", "http://:80", "https://[::1", "http://exa mple", "http://user@h",
        "http://h?x", "http://h#x", "http://", "ftp://h", "unix:/" + String(repeating: "s", count: 107)
    ])
    func `where nothing can be asked it is a matter of usage, and fail-open makes nothing else of it`(url: String) async throws {
        let end = try await run("guard", "sunor/default", "--needs", "1", "--fail-open", "--url", url)
        #expect(end.status == 64 && end.complaint.contains("--url takes"), "\(end.status) \(end.complaint)")
    }

    @Test func `the help of every command has an example of it`() async throws {
        struct Listing: Decodable {
            struct Entry: Decodable {
                let commandName: String
                let discussion: String?
                let subcommands: [Entry]?
            }
            let command: Entry
        }
        func check(_ command: Listing.Entry, _ above: [String]) {
            let name = (above + [command.commandName]).joined(separator: " ")
            let lines = (command.discussion ?? "").split(separator: "\n").filter { $0.hasPrefix("  ") }
            #expect(lines.contains { $0.contains(name) }, "bursar help \(name)")
            for part in command.subcommands ?? [] where part.commandName != "help" { check(part, above + [command.commandName]) }
        }
        let end = try await run("--experimental-dump-help")
        check(try JSONDecoder().decode(Listing.self, from: Data(end.output.utf8)).command, [])
    }

    @Test func `definitions that are not there end the mocks with 66, and broken ones with 78`() async throws {
        let missing = try await run("mock", "--listen", "127.0.0.1:0", "--providers", "/no/such")
        #expect(missing.status == 66)
        #expect(missing.complaint.hasPrefix("/no/such: error: "), "\(missing.complaint)")
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("openapi: 3.1.0\n", to: "x.yaml")
        #expect(try await run("mock", "--listen", "127.0.0.1:0", "--providers", file).status == 78)
    }

    @Test func `leak-check does not reassure where it has no key to look for`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("accounts: []\n", to: "bursar.yaml")
        let end = try await run("leak-check", "--config", file, file)
        #expect(end.status == 78)
        #expect(end.complaint.contains("nothing was looked for") && end.complaint.contains("--config"), "\(end.complaint)")
        #expect(!end.complaint.contains("no key found"))
        let broken = try await run("leak-check", "--config", file + "x")
        #expect(broken.status == 66 && !broken.complaint.contains("started"), "\(broken.complaint)")
    }

    @Test func `the providers are listed also where a key is missing`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("accounts: [{provider: sunor, key: \"${env:NOT_SET}\"}]\n", to: "bursar.yaml")
        let end = try await run("providers", "--config", file)
        #expect(end.status == 78)
        #expect(end.complaint.contains("NOT_SET is not set"))
        let line = try #require(end.output.split(separator: "\n").first { $0.hasPrefix("sunor ") })
        #expect(line.contains("SUNOR_API_KEY") && line.contains(" ? "), "\(line)")
        let one = try await run("providers", "sunor", "--config", file)
        #expect(one.output.contains("SUNOR_API_KEY") && one.output.contains("accounts   not known"), "\(one.output)")
        let two = try await run("providers", "tomba", "--config", file)
        #expect(two.output.contains("x-tomba-key: KEY and x-tomba-secret: SECRET\n"), "\(two.output)")
        let unknown = try await run("providers", "nope", "--config", file)
        #expect(unknown.complaint.contains("there is no provider of that name"))
    }

    @Test func `the providers that have accounts come first, each on a line of its own`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("accounts: [{provider: sunor, name: main, key: 'a-key-of-sunor-1'}]\n", to: "bursar.yaml")
        let end = try await run("providers", "--config", file)
        let lines = end.output.split(separator: "\n")
        let known = try Catalog.builtIn().definitions.count
        #expect(end.status == 0 && lines.count == known + 1, "\(end.output)")
        #expect(lines[1].hasPrefix("sunor ") && lines[1].contains(" main "), "\(lines[1])")
    }

    @Test func `check tells what serve would stumble over outside of the file`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let store = try folder.write("not a database, by far", to: "bursar.db")
        let file = try folder.write(
            "listen: ['unix:\(folder.file("none/b.sock"))', 'unix:\(store)']\nstore: sqlite:bursar.db\naccounts: []\n",
            to: "bursar.yaml")
        let end = try await run("check", "--config", file)
        #expect(end.status == 0)
        #expect(end.output.contains("\(folder.file("none/b.sock")) is in a folder that does not exist"), "\(end.output)")
        #expect(end.output.contains("\(store) is a file that is no socket"))
        #expect(end.output.contains("\(store) belongs to another program; serve would keep everything in memory"))
        #expect(end.output.contains("store          \(store)\n"))
    }

    // `sudo bursar serve` once, and the lock is root's; or a link leads to a file in a folder in which nothing can be made. Only
    // serve said so, by keeping everything in memory.
    @Test(.enabled(if: geteuid() != 0 || LocalProgram.has("setpriv"), "setpriv is not there"), arguments: ["lock", "link"])
    func `check tells a store that could not be opened for what lies beside it`(kind: String) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let (own, other, store) = (folder.file("own"), folder.file("other"), folder.file("own/bursar.db"))
        for path in [own, other] { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }
        // Root may do everything, so the command runs as somebody else then.
        let user: uid_t? = geteuid() == 0 ? 65_534 : nil
        func give(_ path: String) throws { if let user { try #require(chown(path, user, user) == 0) } }
        try give(own)
        let file = try folder.write("", to: kind == "lock" ? "own/bursar.db" : "other/bursar.db")
        try give(file)
        defer { _ = chmod(other, 0o755) }
        let config = try folder.write("listen: ['127.0.0.1:0']\nstore: 'sqlite:\(store)'\naccounts: []\n", to: "bursar.yaml")
        func look() async throws -> String {
            let program = try ChildProgram(["check", "--config", config], user: user)
            #expect(await program.untilEnd() == 0, "\(program.complaintText)")
            return String(decoding: program.output, as: UTF8.self)
        }
        if kind == "link" { try FileManager.default.createSymbolicLink(atPath: store, withDestinationPath: file) }
        if kind == "link" { try give(other) }
        let before = try await look()
        #expect(!before.contains("bursar.db may not be opened by this user"), "\(before)")

        if kind == "lock" {
            _ = try folder.write("", to: "own/bursar.db.lock")
            try #require(chmod(store + ".lock", 0) == 0)
        } else {
            try #require(chmod(other, 0o555) == 0)
        }
        let text = try await look()
        #expect(text.contains("bursar.db may not be opened by this user"), "\(text)")
    }
}
