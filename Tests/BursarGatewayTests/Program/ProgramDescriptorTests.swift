import Foundation
import TestSupport
import Testing

@testable import BursarGateway

/// The program with few descriptors, as `ulimit -n 96` leaves it (A13). The demo has its mocks inside: each call takes two.
@Suite(.serialized, .timeLimit(.minutes(2)), .enabled(if: LocalProgram.has("prlimit"), "prlimit is not installed"))
struct ProgramDescriptorTests {
    @Test func `more callers than descriptors are each answered, no core is burnt, and providers are still asked (A13)`()
        async throws
    {
        let program = try ChildProgram(["demo", "--listen", "127.0.0.1:0"], descriptors: (96, 96))
        do {
            let port = try #require(Int(try await program.url().split(separator: ":").last ?? ""))
            #expect(program.complaintText.contains("limit of file descriptors (96)"))
            let (clients, outcomes) = try await Self.callers(80, port: port)
            #expect(outcomes.allSatisfy { if case .answered = $0 { true } else { false } }, "\(outcomes)")
            // One of the 24 may still be the demo's own: it asks itself once, for the balances it prints.
            #expect((23...24).contains(outcomes.count { $0 == .answered(keeps: true) }))

            // One whose connection is open is served on, a provider's call included.
            #expect(clients[0].get("/v1/balances") == .answered(keeps: true))
            let before = program.processorTicks
            // Real time, because the processor is measured over it.
            try await Task.sleep(for: .seconds(1))
            // Hundredths of a second: a core that spins would take a hundred.
            #expect(program.processorTicks - before < 60)
            for client in clients { client.close() }
        } catch {
            await program.end(by: SIGKILL)
            throw error
        }
        #expect(await program.end(by: SIGTERM).status == 0)
    }

    /// SwiftNIO traps where an event loop can have no descriptor.
    @Test(arguments: [8, 12, 22, 32])
    func `one that has too few to start says how many it needs`(descriptors: Int) async throws {
        let program = try ChildProgram(["demo", "--listen", "127.0.0.1:0"], descriptors: (descriptors, descriptors))
        #expect(await program.untilEnd() == 69)
        #expect(
            program.complaintText.hasPrefix("error: the limit of file descriptors cannot be raised to the ")
                && program.complaintText.contains("its hard limit is \(descriptors); "), "\(program.complaintText)")
    }

    @Test func `one that may have more takes as many as it needs`() async throws {
        let program = try ChildProgram(["demo", "--listen", "127.0.0.1:0"], descriptors: (8, 256))
        do {
            _ = try await program.url()
        } catch {
            await program.end(by: SIGKILL)
            throw error
        }
        #expect(await program.end(by: SIGTERM).status == 0)
    }

    @Test func `more accounts by a reload raise the limit as they would at a start`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        func write(_ accounts: Int) throws -> String {
            let rows = (0..<accounts).map { "  - {provider: sunor, name: a\($0), key: abcdefgh-\($0)}\n" }
            return try folder.write(
                "listen: '127.0.0.1:0'\nstore: memory\nlimits: {connections: 20}\naccounts:\n" + rows.joined(), to: "bursar.yaml")
        }
        let program = try ChildProgram(["serve", "--config", try write(1)], descriptors: (64, 2_048))
        func limit() -> Int {
            let lines = String(decoding: program.proc("limits"), as: UTF8.self).split(separator: "\n")
            let words = lines.first { $0.hasPrefix("Max open files") }?.split(separator: " ") ?? []
            return words.count > 3 ? Int(words[3]) ?? 0 : 0
        }
        do {
            _ = try await program.url()
            let before = limit()
            #expect(before < 300)
            _ = try write(300)
            // Again and again: the first may come before it listens for the signal.
            try await eventually(
                { limit() >= before + 299 }, pause: .milliseconds(200), meanwhile: { kill(program.processID, SIGHUP) })
        } catch {
            await program.end(by: SIGKILL)
            throw error
        }
        #expect(await program.end(by: SIGTERM).status == 0)
    }

    /// Opens connections one after the other, asks on each, and keeps them all open.
    private static func callers(_ count: Int, port: Int) async throws -> ([BlockingClient], [BlockingClient.Outcome]) {
        try await onOwnThread {
            var (clients, outcomes): ([BlockingClient], [BlockingClient.Outcome]) = ([], [])
            for _ in 0..<count {
                let client = try BlockingClient(port: port)
                outcomes.append(client.get("/livez"))
                clients.append(client)
            }
            return (clients, outcomes)
        }
    }
}
