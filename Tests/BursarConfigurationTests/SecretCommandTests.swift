@testable import BursarConfiguration
import BursarModel
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct SecretCommandTests {
    @Test(arguments: [
        ("/usr/bin/pass", ["/usr/bin/pass"]), ("/usr/bin/op read op://vault/item", ["/usr/bin/op", "read", "op://vault/item"]),
        ("/bin/a  b ", ["/bin/a", "b"]), ("[\"/bin/a\", \"two words\", \"\"]", ["/bin/a", "two words", ""]),
        ("/bin/a $HOME 'x' | y", ["/bin/a", "$HOME", "'x'", "|", "y"])
    ])
    func `words are taken as they are`(text: String, words: [String]) {
        #expect(SecretCommand(text)?.words == words)
    }

    @Test(arguments: [
        "", " ", "pass show x", "./pass", "~/bin/pass", "/bin/", "[]", "[\"pass\"]", "[1]", "[\"/bin/a\"", "/bin/a\nb"
    ])
    func `a program must be named by its whole path`(text: String) {
        #expect(SecretCommand(text) == nil)
    }

    private func key(_ command: String, exec: Bool = true) throws -> ConfigurationResult {
        let yaml = "\(exec ? "secrets: {exec: true}\n" : "")accounts:\n  - {provider: sunor, key: '${exec:\(command)}'}"
        var sources = ConfigurationSources.memory(files: ["bursar.yaml": yaml])
        sources.runCommand = { CommandRunner.run($0, environment: ["GREETING": "abcdefgh-hello"], limit: $1) }
        return ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get()).read(ConfigurationRequest())
    }

    @Test func `what a command prints is the key, without its line break`() throws {
        let result = try key("/bin/echo abcdefgh-1")
        #expect(result.configuration?.accounts.first?.secret.exposedText == "abcdefgh-1")
        #expect(result.findings.map(\.rule) == [.keyFromCommand])
        #expect(try key("/usr/bin/printenv GREETING").configuration?.accounts.first?.secret.exposedText == "abcdefgh-hello")
    }

    @Test func `nothing runs unless the configuration says so`() throws {
        let marker = FileManager.default.temporaryDirectory.appendingPathComponent("bursar-exec-\(UUID().uuidString)").path
        let result = try key("/usr/bin/touch \(marker)", exec: false)
        #expect(result.errors.count == 1)
        #expect(result.errors.first?.contains("secrets: {exec: true}") == true)
        #expect(!FileManager.default.fileExists(atPath: marker))
    }

    @Test(arguments: [
        ("/bin/sh -c [\"x\"]", "ended with status"), ("/no/such/program", "cannot be started"),
        ("/usr/bin/head -c 5000 /dev/zero", "longer than"),
        ("/bin/true", "blank"), ("/usr/bin/printf a\\nb-and-more", "line break")
    ])
    func `what goes wrong is said, and nothing of the output`(command: String, words: String) throws {
        let result = try key(command)
        #expect(result.errors.first?.contains(words) == true, "\(result.errors)")
        #expect(result.exitCode == 78)
    }

    @Test func `neither output of a command that fails is shown`() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let script = try folder.write("#!/bin/sh\necho half-a-secret-1234\necho other-secret-5678 >&2\nexit 3\n", to: "helper")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        let text = CheckReport(try key(script)).text
        #expect(text.contains("ended with status 3"))
        #expect(!text.contains("1234") && !text.contains("5678"))
    }

    @Test func `a command that hangs is ended, and what it started with it`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let script = try folder.write("#!/bin/sh\nsleep 600 &\necho $! > \(folder.file("pid"))\nwait\n", to: "helper")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        let command = try #require(SecretCommand(script))
        let child = try leftByOneThatHangs(folder) { timeout in
            CommandRunner.run(command, environment: ["PATH": "/usr/bin:/bin"], limit: 100, timeout: timeout)
        }
        try await eventually({ !isRunning(child) }, pause: .milliseconds(10))
    }

    /// Runs what hangs until its time is over, and has said by then what it started: a longer time, where a busy machine needs it.
    private func leftByOneThatHangs(_ folder: ScratchFolder, _ run: (Duration) -> Result<[UInt8], CommandProblem>) throws -> pid_t
    {
        for timeout in [Duration.milliseconds(300), .seconds(3), .seconds(30)] {
            let began = ContinuousClock.now
            #expect(run(timeout) == .failure(.timedOut))
            // What it started goes on for ten minutes.
            #expect(ContinuousClock.now - began < timeout + .seconds(60))
            if let child = try? left(folder) { return child }
        }
        return try left(folder)
    }

    /// A program that leaves something running, which says when it is there.
    private func leaving(_ folder: ScratchFolder, _ end: String) throws -> SecretCommand {
        let script = try folder.write(
            "#!/bin/sh\nsleep 600 &\necho $! > \(folder.file("pid"))\necho told\n\(end)\n", to: "mailer")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        return try #require(SecretCommand(script))
    }

    private func run(_ command: SecretCommand, timeout: Duration) -> Result<[UInt8], CommandProblem> {
        CommandRunner.run(
            command, environment: ["PATH": "/usr/bin:/bin"], input: Array("{}".utf8), limit: nil, timeout: timeout)
    }

    private func left(_ folder: ScratchFolder) throws -> pid_t {
        guard let child = pid_t(try String(contentsOfFile: folder.file("pid"), encoding: .utf8).dropLast()) else {
            throw NothingLeft()
        }
        return child
    }

    private struct NothingLeft: Error {}

    @Test func `a program whose output nobody reads ends with its exit code, and what it left in the background goes on`() throws
    {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let command = try leaving(folder, "exit 0")
        let began = ContinuousClock.now
        #expect(run(command, timeout: .seconds(60)) == .success([]))
        #expect(ContinuousClock.now - began < .seconds(30))
        let child = try left(folder)
        #expect(kill(child, 0) == 0)
        kill(child, SIGKILL)
    }

    @Test(arguments: [("exit 3", CommandProblem.failed(status: 3)), ("wait", .timedOut)])
    func `one that fails or is late is ended with what it left in the background`(end: String, problem: CommandProblem)
        async throws
    {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let command = try leaving(folder, end)
        let child: pid_t
        if problem == .timedOut {
            child = try leftByOneThatHangs(folder) { run(command, timeout: $0) }
        } else {
            // A slow machine must not make it late.
            #expect(run(command, timeout: .seconds(60)) == .failure(problem))
            child = try left(folder)
        }
        try await eventually({ !isRunning(child) }, pause: .milliseconds(10))
    }

    /// Not one that is dead, or dead and not yet collected.
    private func isRunning(_ child: pid_t) -> Bool {
        let stat = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
        let state = stat?.split(separator: " ").dropFirst(2).first
        return state != nil && state != "Z" && state != "X"
    }

    @Test func `a command has no file of this process, no input and no ignored signal`() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let opened = open(folder.path, O_RDONLY)  // without CLOEXEC, as a library might have one
        defer { close(opened) }
        let script = try folder.write(
            "#!/bin/sh\nls /proc/$$/fd | tr '\\n' ' '\ngrep SigIgn /proc/$$/status | tr '\\n\\t' '  '\ncat\n", to: "helper")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        let command = try #require(SecretCommand(script))
        let output = try CommandRunner.run(command, environment: ["PATH": "/usr/bin:/bin"], limit: 1_000).get()
        let text = String(decoding: output, as: UTF8.self)
        // The shell keeps its script open at 10 or 255.
        let descriptors = text.split(separator: " ").prefix { Int($0) != nil }
        #expect(!descriptors.contains("\(opened)") || opened == 10, "\(text)")
        let ignored = try #require(text.split(separator: " ").last.flatMap { UInt64($0, radix: 16) })
        for signal in [SIGHUP, SIGINT, SIGPIPE, SIGTERM] { #expect(ignored >> UInt64(signal - 1) & 1 == 0, "\(text)") }
    }
}
