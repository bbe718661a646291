import Foundation
import TestSupport
import Testing

@testable import BursarConfiguration
@testable import BursarGateway

struct CommandTargetsTests {
    @Test func `a program whose turn comes after the stop is not started`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let command = try #require(SecretCommand("/usr/bin/touch \(folder.file("told"))"))
        let targets = CommandTargets()
        let run = targets.runner(command, timeout: .seconds(10))
        targets.stop()
        #expect("\(await run([]))" == "notStarted")
        #expect(!FileManager.default.fileExists(atPath: folder.file("told")))
    }

    @Test(arguments: [("/bin/false", "exit_1"), ("/usr/bin/env no-such-program-anywhere", "exit_127")])
    func `a program that fails is told with its exit code`(text: String, reason: String) async throws {
        let command = try #require(SecretCommand(text))
        let targets = CommandTargets()
        let end = await targets.runner(command, timeout: .seconds(10))([])
        #expect("\(end)" == "failed(\"\(reason)\")")
    }
}
