import BursarModel
import Foundation
import NIOHTTP1
import Testing

@testable import BursarGateway

/// The page's files: what can be said of them without a browser. scripts/page asks a browser for the rest.
@Suite struct PageTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Public")

    private static func files() throws -> [(name: String, text: String)] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted().map {
            ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
        }
    }

    private static var modules: [(name: String, text: String)] {
        get throws { try files().filter { $0.name.hasSuffix(".js") } }
    }

    @Test func `the page is served as the repository has it, its modules as two files`() async throws {
        try await TestGateway.with([]) { gateway async throws in
            for file in try Self.files() where !file.name.hasSuffix(".js") {
                let answer = try await gateway.get(file.name == "index.html" ? "/" : "/\(file.name)")
                #expect(answer.status == 200, "\(file.name) is not in the table of Page")
                #expect(answer.text == file.text, "\(file.name)")
            }
            let script = try await gateway.get("/early.js").text + gateway.get("/page.js").text
            for module in try Self.modules {
                for line in module.text.split(separator: "\n") where !line.hasPrefix("import ") {
                    #expect(script.contains(line.trimmingPrefix("export ")), "\(module.name): \(line)")
                }
            }
        }
    }

    @Test func `the page may load nothing from elsewhere, and no text becomes markup`() async throws {
        try await TestGateway.with([]) { gateway async throws in
            let page = try await gateway.get("/")
            let policy = try #require(page.headers.first(name: "content-security-policy"))
            #expect(policy.hasPrefix("default-src 'none'"))
            #expect(!policy.contains("unsafe") && policy.contains("trusted-types 'none'"))
        }
        for file in try Self.files() {
            let text = file.text.replacing("http://www.w3.org", with: "")
            #expect(!text.contains("http://") && !text.contains("https://"), "\(file.name)")
            for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "style="] {
                #expect(!text.contains(way), "\(file.name) has \(way)")
            }
        }
    }

    @Test func `modules stay short, and make no number of an amount but to draw it`() throws {
        for module in try Self.modules {
            #expect(module.text.split(separator: "\n", omittingEmptySubsequences: false).count <= 200, "\(module.name)")
            #expect(!module.text.contains("parseFloat"), "\(module.name)")
        }
        let floats = try Self.modules.filter { $0.text.contains("position(") }.map(\.name)
        #expect(floats.allSatisfy { ["chart.js", "decimal.js", "series.js"].contains($0) }, "\(floats)")
    }
}
