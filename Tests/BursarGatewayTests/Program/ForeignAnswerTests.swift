import BursarBasics
import Foundation
import Testing

@testable import BursarGateway
@testable import BursarText

/// What answers in place of a gateway, shown as it is by the commands that promise that.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ForeignAnswerTests {
    private static let asJSON = [
        ["balances", "--json"], ["guard", "sunor/default", "--needs", "1", "--json"], ["explain", "sunor/default", "--json"],
        ["history", "sunor/default", "--json"], ["alert", "list", "--json"]
    ]

    /// The same answer into a pipe and onto a terminal.
    private func ask(_ arguments: [String], answer: String) async throws -> (piped: Command.End, shown: String) {
        let upstream = try await RecordingUpstream.start(answering: answer)
        let piped = try await Command.run(arguments + ["--url", upstream.url])
        let terminal = try await TerminalProgram.run(arguments + ["--url", upstream.url])
        await upstream.stop()
        #expect(piped.status == terminal.status, "\(arguments)")
        return (piped, String(decoding: terminal.shown, as: UTF8.self))
    }

    private func expectHarmless(_ shown: String, location: SourceLocation = #_sourceLocation) {
        // The terminal itself puts a return before each line feed.
        let commands = shown.unicodeScalars.filter { !"\r\n\t".unicodeScalars.contains($0) && LineText.isCommand($0) }
        #expect(commands.isEmpty, "\(shown.debugDescription)", sourceLocation: location)
    }

    @Test(arguments: asJSON)
    func `B9: JSON of whatever answered commands no terminal, and goes into a pipe as it is`(arguments: [String]) async throws {
        // These may stand in JSON without an escape: controls of the upper range, and what turns the order of letters around.
        let answer = "{\"title\":\"busy \u{9B}2J\u{9D}52;c;eA==\u{9C}\u{7F}\u{202E}\"}"
        let (piped, shown) = try await ask(arguments, answer: answer)
        #expect(piped.status == 69 && piped.output == answer + "\n", "\(piped.output.debugDescription) \(piped.complaint)")
        #expect(shown.contains("busy ?2J?52;c;eA=="), "\(shown.debugDescription)")
        expectHarmless(shown)
    }

    @Test(arguments: asJSON + [["history", "sunor/default", "--csv"]])
    func `B9: what is not what was promised is an error, and none of it is shown`(arguments: [String]) async throws {
        let (piped, shown) = try await ask(arguments, answer: "\u{1B}]52;c;eA==\u{07}\u{1B}[2J<html>")
        #expect(piped.status == 65 && piped.output.isEmpty, "\(piped.status) \(piped.output.debugDescription)")
        #expect(piped.complaint.contains("Is it a Bursar?") && !piped.complaint.contains("<html>"), "\(piped.complaint)")
        #expect(!shown.contains("<html>"))
        expectHarmless(shown)
    }

    @Test func `B9: the CSV of whatever answered commands no terminal, and goes into a pipe as it is`() async throws {
        let answer = HistoryCSV.header + "\u{1B}[2J,a\rb,\u{9B}1m\r\n"
        let (piped, shown) = try await ask(["history", "sunor/default", "--csv"], answer: answer)
        #expect(piped.status == 0 && piped.output == answer, "\(piped.output.debugDescription) \(piped.complaint)")
        #expect(shown.contains("?[2J,a?b,?1m"), "\(shown.debugDescription)")
        expectHarmless(shown)
    }

    @Test(arguments: [401, 403])
    func `a caller who is refused with what is no JSON does not pass a guard, whoever says so`(status: Int) async throws {
        let upstream = try await RecordingUpstream.start(status: status, type: "text/html", answering: "<html>denied</html>")
        let asked = ["guard", "sunor/default", "--needs", "1", "--url", upstream.url]
        for more in [[], ["--json"], ["--fail-open"], ["--json", "--fail-open"]] {
            let end = try await Command.run(asked + more)
            #expect(end.status == 77 && end.output.isEmpty, "\(more): \(end.status) \(end.output) \(end.complaint)")
        }
        await upstream.stop()
    }

    private static let askingForOne = [
        ["status"], ["balances"], ["balances", "--watch"], ["explain", "sunor/default"], ["explain", "sunor"],
        ["history", "sunor/default"], ["guard", "sunor/default", "--needs", "1"], ["retry", "sunor/default"], ["reload"],
        ["alert", "list"], ["alert", "test", "ops"]
    ]

    // Any web server knows no such path. Taken for the gateway's word, it made a wrong question of a right one.
    @Test(arguments: [400, 404], ["<html>no such file</html>", #"{"detail":"Not Found"}"#])
    func `what is no gateway says nothing of the question, whichever command asked it`(status: Int, answer: String)
        async throws
    {
        let upstream = try await RecordingUpstream.start(status: status, type: "text/html", answering: answer)
        for command in Self.askingForOne {
            let end = try await Command.run(command + ["--url", upstream.url])
            #expect(end.status == 69 && end.output.isEmpty, "\(command): \(end.status) \(end.output)")
            #expect(
                end.complaint.contains("answered \(status): ") && end.complaint.contains("Is it a Bursar?"),
                "\(command): \(end.complaint)")
        }
        let open = try await Command.run(["guard", "sunor/default", "--needs", "1", "--fail-open", "--url", upstream.url])
        #expect(open.status == 0 && open.complaint.contains("Is it a Bursar?"), "\(open.status) \(open.complaint)")
        await upstream.stop()
    }

    @Test func `a guard of what is no JSON passes only for who says so`() async throws {
        let upstream = try await RecordingUpstream.start(answering: "<html>")
        let asked = ["guard", "sunor/default", "--needs", "1", "--url", upstream.url]
        for (more, status) in [([], 69), (["--json"], 65), (["--fail-open"], 0), (["--json", "--fail-open"], 0)]
            as [([String], Int32)]
        {
            #expect(try await Command.run(asked + more).status == status, "\(more)")
        }
        await upstream.stop()
    }
}
