/// The modules of Public/ as one. *Value.*
///
/// A browser asks for a module when it has read the import of it, so twenty of them are twenty answers before the first picture. Here each
/// becomes a function that has run before those that import it, and gives what it exports. What Public/ may contain of the language is what
/// is there: one import a line, exports where they are declared, no ring of imports; a test holds it to that.
struct PageScript {
    private struct Module {
        let name: String
        var imports: [(names: Substring, module: Substring)] = []
        var exports: [Substring] = []
        var body = ""
    }

    private(set) var text = ""

    /// - Parameter modules: their texts by file name.
    /// - Parameter entry: the file name of the one that imports the others.
    init(_ modules: [String: String], entry: String) {
        var isWritten: Set<String> = []
        write(entry, of: modules, &isWritten)
    }

    /// What a module imports comes first.
    private mutating func write(_ name: String, of modules: [String: String], _ isWritten: inout Set<String>) {
        guard isWritten.insert(name).inserted, let source = modules[name] else { return }
        let module = Self.read(name, source)
        for each in module.imports { write(String(each.module), of: modules, &isWritten) }
        text += "const \(Self.constant(name)) = (() => {\n"
        for each in module.imports { text += "const {\(each.names)} = \(Self.constant(each.module));\n" }
        text += module.body
        text += "return { \(module.exports.joined(separator: ", ")) };\n})();\n\n"
    }

    /// `gateway.js` is `gateway_js`.
    private static func constant(_ name: some StringProtocol) -> String { name.split(separator: ".").joined(separator: "_") }

    private static func read(_ name: String, _ source: String) -> Module {
        var module = Module(name: name)
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            if let found = line.wholeMatch(of: /import \{(.*)\} from "\.\/(.*)";/) {
                module.imports.append((found.output.1, found.output.2))
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

    /// What a declaration declares: `const [day, hour] = …`, `async function* events(…`.
    private static func names(in declaration: Substring) -> [Substring] {
        if let list = declaration.firstMatch(of: /^const \[([^\]]*)\]/) {
            return list.output.1.split(separator: ",").map { $0.drop { $0 == " " } }
        }
        return declaration.firstMatch(of: /^(?:const|class|(?:async )?function\*?) ([\w$]+)/).map { [$0.output.1] } ?? []
    }
}
