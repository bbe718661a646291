/// Joins the modules of Public/ into a few files. *Value.*
///
/// A browser asks for a module when it has read the import of it, so twenty of them are twenty answers before the first picture. Here each
/// becomes a function that has run before those that import it, and gives what it exports.
///
/// It reads only the forms that Public/ uses: one import a line, exports where they are declared, no ring of imports; a test
/// fails for any other.
struct PageScript {
    private struct Module {
        var imports: [(names: Substring, module: Substring)] = []
        var exports: [Substring] = []
        var body = ""
    }

    /// By the file name of an entry: it, and all that it imports and that no entry before it has.
    private(set) var files: [String: String] = [:]

    private let modules: [String: String]
    private var isWritten: Set<String> = []

    /// - Parameter modules: their texts by file name.
    /// - Parameter entries: the files to be made. A later one imports what earlier ones have.
    init(_ modules: [String: String], entries: [String]) {
        self.modules = modules
        var imports = ""
        for entry in entries {
            var (text, names) = ("", [String]())
            write(entry, into: &text, &names)
            let exports = names.joined(separator: ", ")
            files[entry] = imports + text + "export { \(exports) };\n"
            imports += "import { \(exports) } from \"./\(entry)\";\n"
        }
    }

    /// What a module imports comes first.
    private mutating func write(_ name: String, into text: inout String, _ names: inout [String]) {
        guard isWritten.insert(name).inserted, let source = modules[name] else { return }
        let module = Self.read(source)
        for each in module.imports { write(String(each.module), into: &text, &names) }
        text += "const \(Self.constant(name)) = (() => {\n"
        for each in module.imports { text += "const {\(each.names)} = \(Self.constant(each.module));\n" }
        text += module.body
        text += "return { \(module.exports.joined(separator: ", ")) };\n})();\n\n"
        names.append(Self.constant(name))
    }

    /// `gateway.js` is `gateway_js`.
    private static func constant(_ name: some StringProtocol) -> String { name.split(separator: ".").joined(separator: "_") }

    private static func read(_ source: String) -> Module {
        var module = Module()
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("import {"), let (names, file) = imported(line) {
                module.imports.append((names, file))
            } else if line.hasPrefix("export ") {
                let declaration = line.dropFirst("export ".count)
                module.exports += names(in: declaration)
                module.body += declaration + "\n"
            } else {
                module.body += line + "\n"
            }
        }
        return module
    }

    /// Of `import { names } from "./file.js";`
    private static func imported(_ line: Substring) -> (names: Substring, file: Substring)? {
        let quoted = line.split(separator: "\"")
        guard let end = line.firstIndex(of: "}"), quoted.count == 3, quoted[1].hasPrefix("./") else { return nil }
        return (line[..<end].dropFirst("import {".count), quoted[1].dropFirst(2))
    }

    /// What a declaration declares: `const [day, hour] = …`, `async function* events(…`.
    private static func names(in declaration: Substring) -> [Substring] {
        var words = declaration.split(separator: " ", maxSplits: 2)
        if words.first == "async" { words = words.dropFirst().flatMap { $0.split(separator: " ", maxSplits: 1) } }
        guard words.count > 1, ["const", "class", "function", "function*"].contains(words[0]) else { return [] }
        if words[1].hasPrefix("["), let end = declaration.firstIndex(of: "]"), let start = declaration.firstIndex(of: "[") {
            return declaration[declaration.index(after: start)..<end].split(separator: ",").map { $0.drop { $0 == " " } }
        }
        return [words[1].prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }]
    }
}
