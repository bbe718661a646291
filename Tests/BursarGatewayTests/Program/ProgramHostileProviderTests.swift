import BursarCatalog
import Foundation
import NIOSSL
import TestSupport
import Testing

/// The program and a provider that misbehaves on the wire, in clear text and over TLS (C14, C15).
@Suite(
    .serialized, .timeLimit(.minutes(3)), .enabled(if: LocalProgram.has("curl", "openssl"), "curl or openssl is not installed"))
struct ProgramHostileProviderTests {
    private func configuration(_ folder: ScratchFolder, listen: Int, _ provider: HostileProvider, isEncrypted: Bool) throws
        -> String
    {
        let base = "\(isEncrypted ? "https" : "http")://127.0.0.1:\(provider.port)"
        var lines = [
            "listen: ['127.0.0.1:\(listen)']", "store: memory", "drain: {deadline: 2s}", "defaults: {timeout: 1s}",
            isEncrypted ? "upstream: {ca: \(folder.file("server.pem"))}" : "", "accounts:"
        ]
        for (index, key) in (HostileProvider.Way.allCases.map(\.rawValue) + ["well-and-good-1", "well-and-good-2"]).enumerated() {
            // Those that are well have time on a busy machine; they would need none if the others held them up for good.
            let timeout = key.hasPrefix("well") ? ", timeout: 15s" : ""
            lines.append("  - {provider: sunor, name: a\(index), key: \(key), base_url: '\(base)'\(timeout)}")
        }
        lines.append("  - {provider: legnext, key: hostile-silence-at-the-end, base_url: '\(base)'}")
        return try folder.write(lines.joined(separator: "\n") + "\n", to: "bursar.yaml")
    }

    /// - Parameter retries: for a program that only begins to listen.
    private func rows(_ port: Int, _ path: String, _ headers: String..., retries: Int = 20) async throws -> [JSONValue] {
        let arguments = headers.flatMap { ["-H", $0] } + ["http://127.0.0.1:\(port)\(path)"]
        let output = try await LocalProgram.run(
            "curl",
            ["-sS", "--max-time", "20", "--retry", "\(retries)", "--retry-connrefused", "--retry-delay", "1"] + arguments)
        return try #require(try? JSONReader.read(Array(output.text.utf8)), "\(output.text) \(output.complaint)")["balances"]?
            .elements ?? []
    }

    /// In kilobytes.
    private func resident(_ program: ChildProgram) -> Int {
        let status = String(decoding: program.proc("status"), as: UTF8.self)
        return status.firstMatch(of: /VmRSS:\s+(\d+)/).flatMap { Int($0.1) } ?? 0
    }

    @Test(arguments: [false, true])
    func `floods, silence, halves and bombs end each call, cost no memory, spoil no other call and no stop (C14, C15)`(
        isEncrypted: Bool
    ) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await folder.makeCertificate("server")
        let provider =
            try await isEncrypted
            ? HostileProvider(
                certificate: NIOSSLCertificate.fromPEMFile(folder.file("server.pem")).first,
                key: NIOSSLPrivateKey(file: folder.file("server.key"), format: .pem))
            : HostileProvider()
        let port = try await LocalProgram.freePort()
        let program = try ChildProgram(
            ["serve", "--config", try configuration(folder, listen: port, provider, isEncrypted: isEncrypted)])
        do {
            let ways = HostileProvider.Way.allCases.count
            // What a first call makes (roots, buffers, threads) is there before anything is counted.
            #expect(try await rows(port, "/v1/balances/sunor/a\(ways)").first?["status"]?.text == "fresh")
            let before = resident(program)
            let rows = try await rows(port, "/v1/balances/sunor")
            #expect(rows.count == ways + 2)
            for (row, way) in zip(rows, HostileProvider.Way.allCases) {
                #expect(row["status"]?.text == "unavailable" && row["problem"]?["code"]?.text != nil, "\(way): \(row)")
            }
            // The others are well beside them, and behind them.
            let ends = rows.map { $0["problem"]?["code"]?.text ?? "well" }
            #expect(rows.suffix(2).allSatisfy { $0["available"]?.text == "950" }, "\(ends)")
            let again = try await self.rows(port, "/v1/balances/sunor/a\(ways)", "Cache-Control: no-cache")
            #expect(again.first?["available"]?.text == "950")
            let grown = resident(program) - before
            print("hostile provider\(isEncrypted ? " over TLS" : ""): resident memory grew by \(grown) kB from \(before) kB")
            #expect(grown < 10 << 10)
            // A call is under way that nobody will ever answer. Another process's: where the moment is too short, it ends without one.
            let waiting = Task { try await self.rows(port, "/v1/balances/legnext", retries: 0) }
            try await Task.sleep(for: .milliseconds(100))
            let end = ContinuousClock().now
            #expect(await program.end(by: SIGTERM).status == 0)
            // Its deadline is two seconds; the rest is for a busy machine.
            #expect(ContinuousClock().now - end < .seconds(30))
            _ = try? await waiting.value
        } catch {
            await program.end(by: SIGKILL)
            throw error
        }
        await provider.stop()
    }
}
