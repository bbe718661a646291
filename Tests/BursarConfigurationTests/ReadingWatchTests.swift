import Dispatch
import Testing

@testable import BursarConfiguration

/// A file on a mount that hangs ends neither a start nor a reload in a wait without an end (A5).
@Suite(.timeLimit(.minutes(2))) struct ReadingWatchTests {
    @Test func `a key's file that hangs is told by its name, and nothing is started (A5)`() {
        let release = DispatchSemaphore(value: 0)
        var sources = ConfigurationSources { path, _ in
            if path == "/run/keys/sunor" { release.wait() }
            let yaml = "store: memory\naccounts:\n  - {provider: sunor, key: '${file:/run/keys/sunor}'}\n"
            return .success(FileContent(bytes: Array(yaml.utf8)))
        }
        sources.patience = .milliseconds(50)
        let result = ConfigurationReader(sources: sources).read(ConfigurationRequest(path: "bursar.yaml"))
        release.signal()
        #expect(result.configuration == nil && result.exitCode == 66)
        #expect(result.diagnostics.contains { "\($0)".contains("/run/keys/sunor") && "\($0)".contains("within 50ms") })
    }

    @Test func `readings that take long in many files are not given up`() {
        let watch = ReadingWatch()
        let outcome = watch.run(patience: .seconds(60)) { 7 }
        guard case .read(7) = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }
}
