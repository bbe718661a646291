import BursarMocks
import BursarModel
import Foundation
import TestSupport
import Testing

/// The real program as a process: nothing that it leaves anywhere holds a key, also when it crashes under load.
@Suite(
    .timeLimit(.minutes(3)),
    .enabled(if: ChildProgram.path != nil && LocalProgram.has("curl"), "the program or curl is not there"))
struct ProgramSecrecyTests {
    /// Keys in a file, in the credentials folder and from a command; upstreams that echo them.
    private func serve(
        environment: [String: String] = [:], _ body: (ChildProgram, _ url: String, MockProviders) async throws -> Void
    ) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let mocks = try await MockProviders.start()
        let key = "mock-echo-key\(Canary.mark)"
        for name in ["sunor", "legnext", "hyper3d"] { _ = try folder.write(key + "\n", to: name) }
        let yaml = """
            listen: 127.0.0.1:0
            log: {level: trace, format: json}
            secrets: {exec: true}
            accounts:
              - {provider: sunor, ttl: 1ms, key: "${file:\(folder.file("sunor"))}", base_url: "\(mocks.baseURL(for: "sunor"))"}
              - {provider: legnext, ttl: 1ms, key: "${credential:legnext}", base_url: "\(mocks.baseURL(for: "legnext"))"}
              - {provider: hyper3d, ttl: 1ms, key: "${exec:/bin/cat \(folder.file("hyper3d"))}", base_url: "\(mocks.baseURL(for: "hyper3d"))"}
            """
        let file = try folder.write(yaml, to: "bursar.yaml")
        let program = try ChildProgram(
            ["serve", "--config", file], environment: environment.merging(["CREDENTIALS_DIRECTORY": folder.path]) { $1 })
        do {
            try await body(program, try await program.url(), mocks)
        } catch {
            await program.end(by: SIGKILL)
            await mocks.stop()
            throw error
        }
        await program.end(by: SIGKILL)
        await mocks.stop()
    }

    private static let paths = [
        "/v1/balances", "/v1/balances?pretty", "/v1/status", "/v1/providers", "/metrics", "/openapi.json",
        "/providers/sunor/api/v1/account/balance", "/providers/legnext/api/account/balance",
        "/providers/hyper3d/api/v2/check_balance"
    ]

    private func ask(_ url: String) async throws -> [UInt8] {
        var seen: [UInt8] = []
        for path in Self.paths {
            let output = try await LocalProgram.run(
                "curl", ["-sS", "-i", "--noproxy", "*", "--max-time", "20", "-H", "Cache-Control: no-cache", url + path])
            seen += Array((output.text + output.complaint).utf8)
        }
        return seen
    }

    @Test func `outputs, answers, command line and environment hold no key`() async throws {
        try await serve { program, url, mocks in
            var seen = try await ask(url)
            kill(program.processID, SIGHUP)
            seen += try await ask(url)
            seen += program.proc("cmdline") + program.proc("environ")
            #expect(String(decoding: program.proc("cmdline"), as: UTF8.self).contains("serve"))
            // A reload that the end overtakes is given up.
            try await program.told { $0.firstRange(of: "configuration reloaded") }
            let status = await program.end(by: SIGTERM)
            #expect(status.reason == .exit && status.status == 0)
            #expect(program.complaintText.contains("\"message\":\"upstream call\""))
            #expect(try mocks.calls(for: "sunor") >= 2)
            Canary.search(seen + program.output + program.complaint, "what a process left")
        }
    }

    @Test(arguments: [SIGILL, SIGTRAP, SIGABRT, SIGSEGV])
    func `a crash under load says nothing of what was in memory`(signal: Int32) async throws {
        // The backtracer would print registers and the memory behind them, if the program let it.
        let environment = ["SWIFT_BACKTRACE": "enable=yes,color=no,registers=all,interactive=no"]
        try await serve(environment: environment) { program, url, _ in
            var seen = try await ask(url)
            let load = Task { while !Task.isCancelled { _ = try await ask(url) } }
            // Somewhere in the middle of the load; nothing hangs on where.
            try await Task.sleep(for: .milliseconds(200))
            let status = await program.end(by: signal)
            load.cancel()
            _ = await load.result
            #expect(status.reason == .uncaughtSignal && status.status == signal, "\(status)")
            #expect(!program.complaintText.contains("Backtrace") && !program.complaintText.contains("Registers"))
            seen += program.output + program.complaint
            Canary.search(seen, "what a crash left")
        }
    }

    @Test func `no core file is written, unless asked for`() async throws {
        try await serve { program, _, _ in
            let limits = String(decoding: program.proc("limits"), as: UTF8.self)
            let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
            let soft = try #require(line.split(separator: " ").dropFirst(4).first)
            #expect(soft == "0" || soft == "1", "\(line)")
        }
    }

    /// To whom the kernel gives a process's files in `/proc` tells whether it is dumpable: to its user, or to root alone. Root itself
    /// would see no difference, so the program runs as somebody else then.
    @Test(.enabled(if: geteuid() != 0 || LocalProgram.has("setpriv"), "setpriv is not there"), arguments: [false, true])
    func `no other process of its user reads its memory, unless asked for`(isAskedFor: Bool) async throws {
        let nobody: uid_t = 65_534
        let user = geteuid() == 0 ? nobody : geteuid()
        let program = try ChildProgram(
            ["serve", "--listen", "127.0.0.1:0"],
            environment: ["SUNOR_API_KEY": "mock-ok\(Canary.mark)"].merging(isAskedFor ? ["BURSAR_CORE_DUMPS": "1"] : [:]) { $1 },
            user: geteuid() == 0 ? nobody : nil)
        do {
            _ = try await program.url()
            for name in ["mem", "environ", "maps"] {
                let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(program.processID)/\(name)")[
                    .ownerAccountID]
                #expect((owner as? NSNumber)?.uint32Value == (isAskedFor ? user : 0), "\(name)")
            }
        } catch {
            await program.end(by: SIGKILL)
            throw error
        }
        await program.end(by: SIGTERM)
    }

    @Test func `a proxy in the environment is not used`() async throws {
        let nobody = "http://127.0.0.1:9"
        let names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
        try await serve(environment: Dictionary(uniqueKeysWithValues: names.map { ($0, nobody) })) { _, url, mocks in
            let answer = try await LocalProgram.curl("--noproxy", "*", url + "/v1/balances")
            #expect(answer.contains("\"complete\":true"), "\(answer)")
            #expect(try mocks.calls(for: "sunor") == 1)
        }
    }

    @Test func `leak-check finds a key in a file and does not print it`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let key = "mock-ok\(Canary.mark)"
        _ = try folder.write("accounts: [{provider: sunor, key: \"${file:\(folder.file("key"))}\"}]", to: "bursar.yaml")
        _ = try folder.write(key, to: "key")
        let encoded = Data(("user:" + key).utf8).base64EncodedString()
        let dirty = try folder.write("line\nAuthorization: Basic \(encoded)\n", to: "dirty.log")
        let clean = try folder.write("nothing", to: "clean.log")
        func check(_ files: String...) async throws -> (ChildProgram, Int32) {
            let program = try ChildProgram(["leak-check", "--config", folder.file("bursar.yaml")] + files)
            let status = await program.end(by: 0).status
            Canary.search(program.output + program.complaint, "what leak-check printed")
            return (program, status)
        }
        let (found, status) = try await check(clean, dirty)
        #expect(status == 1)
        #expect(String(decoding: found.output, as: UTF8.self).hasPrefix("\(dirty):"))
        #expect(String(decoding: found.output, as: UTF8.self).contains("sunor/default, base64"))
        #expect(try await check(clean).1 == 0)
        #expect(try await check(clean, folder.file("missing")).1 == 66)
    }
}
