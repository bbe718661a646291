import Foundation
import TestSupport
import Testing

/// Contract, section 5: every way of misbehaving, in every state, on every surface, over real sockets; and the table of it in
/// docs/fault-matrix.md.
@Suite(.timeLimit(.minutes(3)))
struct FaultMatrixTests {
    private static let document = URL(filePath: #filePath).appending(path: "../../../../docs/fault-matrix.md").standardizedFileURL

    @Test(arguments: FaultState.allCases)
    func `what callers get is what the contract says, and what the table says`(state: FaultState) async throws {
        let faults = Fault.all.filter { fault in
            if case .unreachable = fault.upset { state == .cold } else { true }
        }
        // Beside one another: most of a restart is waiting for a disk.
        let cells = try await withThrowingTaskGroup(of: (Int, [String]).self) { group in
            var cells: [Int: [String]] = [:]
            for (index, fault) in faults.enumerated() {
                if index >= Self.atOnce, let (index, lines) = try await group.next() { cells[index] = lines }
                group.addTask { (index, try await self.lines(fault, state)) }
            }
            for try await (index, lines) in group { cells[index] = lines }
            return cells
        }
        let lines = faults.indices.flatMap { cells[$0] ?? [] }
        if ProcessInfo.processInfo.environment["BURSAR_WRITE_DOCS"] == "1" { try write(lines, state) }
        let written = try section(state)
        for line in lines where !written.contains(line) {
            Issue.record("docs/fault-matrix.md does not say (BURSAR_WRITE_DOCS=1 writes it anew): \(line)")
        }
        for line in written where !lines.contains(line) { Issue.record("docs/fault-matrix.md says what is not so: \(line)") }
        #expect(written == lines, "their order")
    }

    @Test(arguments: ["429, Retry-After: 40", "429, says nothing", "503, Retry-After: 7", "401", "five failures in a row"])
    func `what a provider said is not forgotten by a restart`(name: String) async throws {
        try await FaultBench.outlivesRestart(#require(Fault.all.first { $0.name == name }))
    }

    private static let atOnce = 6

    private func lines(_ fault: Fault, _ state: FaultState) async throws -> [String] {
        if fault.upset == .unreachable(baseURL: .withoutAddress), try await !isTheResolverQuick() {
            return try section(state).filter { $0.hasPrefix("| \(fault.name) |") }
        }
        return try await FaultBench.cells(fault, state).map(\.line)
    }

    /// Whether this machine knows soon that a name has no address: some wait for a name server that never answers.
    private func isTheResolverQuick() async throws -> Bool {
        let clock = ContinuousClock()
        let took = try await clock.measure { _ = try await LocalProgram.run("getent", ["ahosts", FaultBench.withoutAddress]) }
        if took > .seconds(1) { print("fault matrix: “no address” was not tried, the resolver took \(took)") }
        return took <= .seconds(1)
    }

    /// The lines of a state's table, without its head.
    private func section(_ state: FaultState) throws -> [String] {
        let text = try String(contentsOf: Self.document, encoding: .utf8)
        let parts = text.components(separatedBy: "\n## ")
        let part = try #require(parts.first { $0.hasPrefix(state.title + "\n") }, "no section “\(state.title)”")
        return Array(part.split(separator: "\n").filter { $0.hasPrefix("|") }.map(String.init).dropFirst(2))
    }

    private func write(_ lines: [String], _ state: FaultState) throws {
        var parts = try String(contentsOf: Self.document, encoding: .utf8).components(separatedBy: "\n## ")
        let section = state.title + "\n\n" + FaultCell.head + lines.joined(separator: "\n") + "\n"
        if let index = parts.firstIndex(where: { $0.hasPrefix(state.title + "\n") }) {
            parts[index] = section
        } else {
            parts.append(section)
        }
        try Data(parts.joined(separator: "\n## ").utf8).write(to: Self.document)
    }
}
