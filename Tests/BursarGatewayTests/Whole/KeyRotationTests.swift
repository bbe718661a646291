import BursarCatalog
import BursarGateway
import BursarMocks
import BursarModel
import Foundation
import TestSupport
import Testing

/// A key's file is replaced while requests run.
@Suite(.timeLimit(.minutes(3))) struct KeyRotationTests {
    private func replace(_ file: String, with key: String) throws {
        // As a careful tool does: whole under another name, then renamed into place.
        try Data((key + "\n").utf8).write(to: URL(fileURLWithPath: file + ".new"))
        rename(file + ".new", file)
    }

    @Test func `a rotated key is used at once, no request fails, and the old one is asked with no more`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let (old, new) = ("mock-balance-1\(Canary.mark)", "mock-balance-2\(Canary.mark)")
        let file = try folder.write(old + "\n", to: "sunor")
        try await TestGateway.with(["provider: sunor, ttl: 1ms, key: '${file:\(file)}'"]) { gateway async throws in
            #expect(try await gateway.get("/v1/balances/sunor").row(0)?["available"]?.text == "1")
            let failures = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var failures = 0
                        // From before the key is replaced until the new one is used.
                        try await eventually(
                            {
                                let answer = try await gateway.get("/v1/balances/sunor", ("cache-control", "no-cache"))
                                if answer.status != 200 { failures += 1 }
                                return answer.row(0)?["available"]?.text == "2"
                            }, pause: .milliseconds(5))
                        return failures
                    }
                }
                try await Task.sleep(for: .milliseconds(100))
                try replace(file, with: new)
                return try await group.reduce(0, +)
            }
            #expect(failures == 0)
            #expect(try await gateway.get("/v1/balances/sunor").row(0)?["available"]?.text == "2")
            #expect(await gateway.log.contains("\"trigger\":\"a key's file\""))
            let before = try gateway.mocks.calls(for: "sunor", key: old)
            gateway.clock.advance(by: .seconds(60))
            _ = try await gateway.get("/v1/balances/sunor", ("cache-control", "no-cache"))
            #expect(try gateway.mocks.calls(for: "sunor", key: old) == before)
            #expect(try gateway.mocks.calls(for: "sunor", key: new) >= 1)
        }
    }

    @Test func `a rejected key is replaced without a restart and without waiting for its penalty`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("mock-401\(Canary.mark)", to: "sunor")
        try await TestGateway.with(["provider: sunor, key: '${file:\(file)}'"]) { gateway async throws in
            #expect(try await gateway.get("/v1/balances").status == 502)
            try replace(file, with: "mock-ok\(Canary.mark)")
            #expect(await gateway.log.contains("configuration reloaded"))
            #expect(try await gateway.get("/v1/balances").status == 200)
        }
    }

    @Test func `what mounted secrets do, a link that is swapped, is seen`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let manager = FileManager.default
        for (name, key) in [("one", "mock-balance-1"), ("two", "mock-balance-2")] {
            try manager.createDirectory(atPath: folder.file("..\(name)"), withIntermediateDirectories: false)
            _ = try folder.write(key + Canary.mark, to: "..\(name)/sunor")
        }
        try manager.createSymbolicLink(atPath: folder.file("..data"), withDestinationPath: "..one")
        try manager.createSymbolicLink(atPath: folder.file("sunor"), withDestinationPath: "..data/sunor")
        try await TestGateway.with(["provider: sunor, key: '${file:\(folder.file("sunor"))}'"]) { gateway async throws in
            #expect(try await gateway.get("/v1/balances/sunor").row(0)?["available"]?.text == "1")
            try manager.createSymbolicLink(atPath: folder.file("..tmp"), withDestinationPath: "..two")
            rename(folder.file("..tmp"), folder.file("..data"))
            #expect(await gateway.log.contains("configuration reloaded"))
            #expect(try await gateway.get("/v1/balances/sunor").row(0)?["available"]?.text == "2")
        }
    }

    @Test func `the same key written again, and other files beside it, reload nothing`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("mock-ok\(Canary.mark)", to: "sunor")
        try await TestGateway.with(["provider: sunor, key: '${file:\(file)}'"]) { gateway async throws in
            try replace(file, with: "mock-ok\(Canary.mark)")
            _ = try folder.write("anything", to: "beside")
            try await Task.sleep(for: .milliseconds(800))
            #expect(!gateway.log.text.contains("configuration reloaded"))
            // And it still listens.
            try replace(file, with: "mock-depleted\(Canary.mark)")
            #expect(await gateway.log.contains("configuration reloaded"))
        }
    }

    @Test func `a rotated key has each secret command run once, and what happened before anybody listened is looked for once`()
        async throws
    {
        let (folder, beside) = (try ScratchFolder(), try ScratchFolder())
        defer {
            folder.remove()
            beside.remove()
        }
        let file = try folder.write("mock-ok\(Canary.mark)", to: "sunor")
        let runs = beside.file("runs")
        let command = try beside.write("#!/bin/sh\necho run >> \(runs)\necho 'mock-ok\(Canary.mark)'\n", to: "command")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: command)
        func count(reaches wanted: Int) async throws -> Int {
            var lines = 0
            try await eventually(
                {
                    lines = ((try? String(contentsOfFile: runs, encoding: .utf8)) ?? "").split(separator: "\n").count
                    return lines >= wanted
                }, pause: .milliseconds(10))
            return lines
        }
        try await TestGateway.with(
            ["provider: sunor, key: '${file:\(file)}'", "provider: legnext, key: '${exec:\(command)}'"],
            settings: "secrets: {exec: true}"
        ) { gateway async throws in
            #expect(try await count(reaches: 2) == 2, "by the start, and once more when it listens")
            try replace(file, with: "mock-depleted\(Canary.mark)")
            #expect(await gateway.log.contains("configuration reloaded"))
            #expect(try await count(reaches: 3) == 3)
        }
    }

    @Test(arguments: [true, false])
    func `a file that is taken away is told, its key stays in force, and what comes in its place is used`(isMoved: Bool)
        async throws
    {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("mock-ok\(Canary.mark)", to: "sunor")
        try await TestGateway.with(["provider: sunor, key: '${file:\(file)}'"]) { gateway async throws in
            // What goes before the watch has begun, in a thread of its own, is not told: then once more.
            try await eventually {
                try replace(file, with: "mock-ok\(Canary.mark)")
                try await Task.sleep(for: .milliseconds(500))
                if isMoved { rename(file, folder.file("elsewhere")) } else { unlink(file) }
                for _ in 0..<500 where !gateway.log.text.contains("is gone") { try await Task.sleep(for: .milliseconds(10)) }
                return gateway.log.text.contains("is gone")
            }
            #expect(gateway.log.text.contains("a key's file is gone: the key in force stays, and a restart would fail"))
            #expect(gateway.log.text.contains(file) && !gateway.log.text.contains("not reloaded"))
            #expect(try await gateway.get("/v1/balances").status == 200)
            try replace(file, with: "mock-depleted\(Canary.mark)")
            #expect(await gateway.log.contains("configuration reloaded"))
        }
    }

    @Test func `a file that was emptied by mistake leaves the old key in force, and is told`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("mock-ok\(Canary.mark)", to: "sunor")
        try await TestGateway.with(["provider: sunor, key: '${file:\(file)}'"]) { gateway async throws in
            _ = try folder.write("", to: "sunor")
            #expect(await gateway.log.contains("the key in \(file) is blank"))
            #expect(try await gateway.get("/v1/balances").status == 200)
        }
    }

    @Test func `a key that is written back ends the refusal that its empty file began`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("mock-ok\(Canary.mark)\n", to: "sunor")
        try await TestGateway.with(["provider: sunor, key: '${file:\(file)}'"]) { gateway async throws in
            func isRefused() async throws -> Bool? {
                try await gateway.get("/v1/status").json?["gateway"]?["last_reload_refused"]?.boolean
            }
            _ = try folder.write("", to: "sunor")
            #expect(await gateway.log.contains("is blank"))
            #expect(try await isRefused() == true)
            #expect(try await gateway.get("/metrics").text.contains("bursar_configuration_last_reload_successful 0\n"))
            try replace(file, with: "mock-ok\(Canary.mark)")
            #expect(await gateway.log.contains("the keys in force stand in their files again"))
            #expect(try await isRefused() == false)
            #expect(try await gateway.get("/metrics").text.contains("bursar_configuration_last_reload_successful 1\n"))
            #expect(!gateway.log.text.contains("configuration reloaded"))
        }
    }

    @Test func `a rotated key puts no configuration in force that lost its clients, until somebody asks for it`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("mock-ok\(Canary.mark)", to: "sunor")
        let account = "provider: sunor, key: '${file:\(file)}'"
        let ann = TestClient("ann")
        try await TestGateway.with([account], settings: "clients:\n" + ann.line()) { gateway async throws in
            gateway.file.text = TestGateway.yaml([account], listen: "['127.0.0.1:0']", settings: "", gateway.mocks)
            try replace(file, with: "mock-depleted\(Canary.mark)")
            #expect(await gateway.log.contains("has no clients any more; SIGHUP puts that in force"))
            #expect(try await gateway.get("/v1/balances").status == 401)
            #expect(try await gateway.get("/v1/status", ann.bearer).json?["gateway"]?["last_reload_refused"] == .bool(true))
            guard case .applied = await gateway.gateway.reload("test") else {
                Issue.record("what was asked for was refused")
                return
            }
            #expect(try await gateway.get("/v1/balances").status == 200)
        }
    }
}
