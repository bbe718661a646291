import Testing

/// What `bursar help` prints on a narrow terminal.
@Suite(.timeLimit(.minutes(2)))
struct HelpTests {
    // Help is broken at 80 columns where blanks are: a curl lost its URL to a line of its own, and asked nothing.
    @Test(arguments: [["mock"], ["provider", "new"], ["status"], ["balances"], ["history"], ["token", "new"]])
    func `the examples fit a terminal of 80 columns as they are written`(command: [String]) async throws {
        let end = try await Command.run(command + ["--help"], environment: ["COLUMNS": "80"])
        let lines = end.output.split(separator: "\n", omittingEmptySubsequences: false)
        let first = try #require(lines.firstIndex { $0.hasPrefix("Example") }, "\(end.output)")
        let examples = lines[first...].dropFirst(2).prefix { !$0.isEmpty }
        #expect(!examples.isEmpty && examples.allSatisfy { $0.hasPrefix("  ") && $0.count <= 80 }, "\(examples)")
    }
}
