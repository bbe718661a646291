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

    private static func served(_ modules: [String: String]) throws -> String {
        let files = PageScript(modules, entries: ["early.js", "page.js"]).files
        return try #require(files["early.js"]) + #require(files["page.js"])
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
        let script = PageScript(modules, entries: ["b.js", "page.js"])
        #expect(
            script.files["b.js"] == """
                const b_js = (() => {
                const [one, other] = [1, 2];
                class Two {}
                async function* all() {}
                const own = 3;

                return { one, other, Two, all };
                })();

                export { b_js };

                """)
        #expect(
            script.files["page.js"] == """
                import { b_js } from "./b.js";
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

                export { a_js, page_js };

                """)
    }

    @Test func `of the repository's modules each is there once, and none is left that imports or exports`() throws {
        let script = try Self.served(Self.modules())
        for name in try Self.modules().keys {
            let head = "const \(name.replacing(".", with: "_")) = (() => {"
            #expect(script.components(separatedBy: head).count == 2, "\(name) is imported by nobody, or twice")
        }
        // What is left of both is between the two files.
        let words = script.split(separator: "\n").filter {
            $0.hasPrefix("import") || $0.hasPrefix("export") || $0.contains("import(")
        }
        #expect(words.count == 3, "\(words)")
    }

    @Test func `every name that is imported is one that is exported, and no import leads back`() throws {
        let modules = try Self.modules()
        let script = try Self.served(modules)
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
