import Foundation
import TestSupport
import Testing

/// `kill -9` at random moments under load: scripts/kill-test, a few times. BURSAR_KILLS says how often; 1,000 take some minutes.
@Suite struct `Killed processes` {
    private static let root = URL(filePath: #filePath).appending(path: "../../../../").standardizedFileURL
    private static let binary = root.appending(path: ".build/debug/bursar").path()

    /// The promise is a second. Here the machine is busy with the tests, and who waits for a processor is not late by our doing.
    @Test(
        .enabled(if: LocalProgram.has("python3"), "python3 is not installed"),
        .enabled(if: FileManager.default.isExecutableFile(atPath: binary), "the program is not built"))
    func `lose no reading that was answered more than a second before, and no file`() async throws {
        let times = ProcessInfo.processInfo.environment["BURSAR_KILLS"].flatMap(Int.init) ?? 25
        let output = try await LocalProgram.run(
            "python3",
            [
                Self.root.appending(path: "scripts/kill-test").path(), "--times", "\(times)", "--parallel", "3", "--within",
                "1.5",
                "--binary",
                Self.binary
            ])
        print(output.text)
        #expect(output.status == 0, "\(output.complaint)")
        #expect(output.text.contains("\(times) kills"))
    }
}
