import Foundation
import Testing

@testable import BursarGateway

@Suite struct `The page's modules as one script` {
    private static func modules() throws -> [String: String] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Public")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".js") }
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) })
    }

    /// What a module imports, as `{names} from file`.
    private static func imports(_ text: String) -> [(names: [String], file: String)] {
        text.matches(of: /(?m)^import \{ (.*) \} from "\.\/(.*)";$/).map {
            ($0.output.1.split(separator: ", ").map(String.init), String($0.output.2))
        }
    }

    @Test func `a module runs before those that import it, once, and gives what it exports`() {
        let modules = [
            "page.js": "import { half } from \"./a.js\";\nimport { one } from \"./b.js\";\nhalf(one);\n",
            "a.js": "import { one, Two } from \"./b.js\";\nexport const half = (x) => x / one;\n",
            "b.js": "export const [one, other] = [1, 2];\nexport class Two {}\nexport async function* all() {}\nconst own = 3;\n"
        ]
        #expect(
            PageScript(modules, entry: "page.js").text == """
                const b_js = (() => {
                const [one, other] = [1, 2];
                class Two {}
                async function* all() {}
                const own = 3;

                return { one, other, Two, all };
                })();

                const a_js = (() => {
                const { one, Two } = b_js;
                const half = (x) => x / one;

                return { half };
                })();

                const page_js = (() => {
                const { half } = a_js;
                const { one } = b_js;
                half(one);

                return {  };
                })();


                """)
    }

    @Test func `of the repository's modules each is there once, and none is left that imports or exports`() throws {
        let script = PageScript(try Self.modules(), entry: "page.js").text
        for name in try Self.modules().keys {
            let head = "const \(name.replacing(".", with: "_")) = (() => {"
            #expect(script.components(separatedBy: head).count == 2, "\(name) is imported by nobody, or twice")
        }
        for line in script.split(separator: "\n") {
            #expect(!line.hasPrefix("import") && !line.hasPrefix("export") && !line.contains("import("), "\(line)")
        }
    }

    @Test func `every name that is imported is one that is exported, and no import leads back`() throws {
        let modules = try Self.modules()
        let script = PageScript(modules, entry: "page.js").text
        for (name, text) in modules {
            for (names, file) in Self.imports(text) {
                let constant = file.replacing(".", with: "_")
                let body = try #require(script.components(separatedBy: "const \(constant) = (() => {").last)
                let exported = try #require(body.firstMatch(of: /return \{ (.*) \};\n\}\)\(\);/)).output.1.split(separator: ", ")
                for each in names { #expect(exported.contains(Substring(each)), "\(name) imports \(each) of \(file)") }
                // What is imported stands before.
                let (own, other) = (
                    script.range(of: "const \(name.replacing(".", with: "_")) ="), script.range(of: "const \(constant) =")
                )
                #expect(try #require(other).lowerBound < #require(own).lowerBound, "\(name) and \(file) import each other")
            }
        }
    }
}
