import Foundation
import Testing

/// docs/threat-model.md promises tests: they exist.
@Suite struct ThreatModelTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../../../").standardizedFileURL

    /// `Suite/name of a test` or `Suite`, in the last column of the attacks' table.
    private static func named() throws -> [(suite: String, test: String?)] {
        let text = try String(contentsOf: root.appending(path: "docs/threat-model.md"), encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## Attacks").last?.components(separatedBy: "\n## ").first)
        return section.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst().flatMap { line in
            let cell = line.split(separator: "|").last ?? ""
            return cell.matches(of: /`([^`\/]+)(?:\/([^`]+))?`/).map { (String($0.1), $0.2.map(String.init)) }
        }
    }

    private static func suites() -> [String: String] {
        let folder = root.appending(path: "Tests")
        let paths = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        var suites: [String: String] = [:]
        for path in paths where path.pathExtension == "swift" {
            guard let text = try? String(contentsOf: path, encoding: .utf8) else { continue }
            for match in text.matches(of: /struct (?:(\w+Tests)\b|`([^`]+)`)/) {
                if let name = match.1 ?? match.2 { suites[String(name), default: ""] += text }
            }
        }
        return suites
    }

    @Test func `each attack names tests, and they exist`() throws {
        let named = try Self.named()
        let suites = Self.suites()
        #expect(named.count >= 25)
        for (suite, test) in named {
            let text = suites[suite]
            #expect(text != nil, "\(suite) does not exist")
            if let test, let text { #expect(text.contains("func `\(test)`"), "\(suite) has no test \"\(test)\"") }
        }
    }

    @Test func `each row of the attacks' table has a test`() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/threat-model.md"), encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## Attacks").last?.components(separatedBy: "\n## ").first)
        for line in section.split(separator: "\n").filter({ $0.hasPrefix("| ") }).dropFirst() {
            #expect(line.split(separator: "|").last?.contains("`") == true, "\(line)")
        }
    }
}
