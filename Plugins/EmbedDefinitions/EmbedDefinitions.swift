import Foundation
import PackagePlugin

/// Writes the files of a target's `Definitions` folder into one Swift table, so that adding a provider is adding its file.
///
/// The shell does it: a tool of our own would be one more program to build for every host, also where everything is built for a fuzzer.
@main struct EmbedDefinitions: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let module = target.sourceModule else { return [] }
        let folder = module.directoryURL.appending(path: "Definitions")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedDefinitions.swift")
        // A list beside the files: a file that is taken away changes it, and so the table.
        let list = context.pluginWorkDirectoryURL.appending(path: "files.txt")
        let names = files.map(\.lastPathComponent).joined(separator: "\n") + "\n"
        if (try? String(contentsOf: list, encoding: .utf8)) != names {
            try names.write(to: list, atomically: true, encoding: .utf8)
        }
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) definitions", executable: URL(filePath: "/bin/sh"),
                arguments: ["-c", Self.script, "sh", output.path(percentEncoded: false)]
                    + files.map { $0.path(percentEncoded: false) },
                inputFiles: files + [list], outputFiles: [output])
        ]
    }

    /// The line of variables stands beside the text, so that a start looks into no file for it. No file of YAML text has `"""####` in it.
    private static let script = #####"""
        set -eu
        output=$1
        shift
        {
            printf '/// Made by the plugin EmbedDefinitions of the files in Definitions, by name.\n'
            printf 'enum EmbeddedDefinitions {\n'
            printf '    static let files: [(name: StaticString, environment: StaticString, text: StaticString)] = [\n'
            for file in "$@"; do
                name=${file##*/}
                variables=$(sed -n 's/^  environment: \[\(.*\)\]$/\1/p' "$file")
                printf '("%s", "%s", ####"""\n' "${name%.yaml}" "$variables"
                cat "$file"
                printf '\n"""####),\n'
            done
            printf '    ]\n}\n'
        } > "$output"
        """#####
}
