import Foundation
import PackagePlugin

/// Writes text files into one Swift table: the definitions of providers for the catalog, the page and the OpenAPI document for the
/// gateway. So adding one is adding its file.
///
/// As text, because a compiler takes forty seconds for the same bytes as a list of numbers; in a switch, because its optimiser takes eight for
/// a list of tuples. The shell does it: a tool of our own would be
/// one more program to build for every host, also where everything is built for a fuzzer.
@main struct EmbedFiles: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let module = target.sourceModule else { return [] }
        let package = context.package.directoryURL
        let (table, files) =
            if target.name == "BursarCatalog" {
                ("EmbeddedDefinitions", try Self.files(in: module.directoryURL.appending(path: "Definitions")))
            } else {
                (
                    "EmbeddedFiles",
                    try Self.files(in: package.appending(path: "Public")) + [package.appending(path: "docs/openapi.yaml")]
                )
            }
        let output = context.pluginWorkDirectoryURL.appending(path: "\(table).swift")
        // A list beside the files: a file that is taken away changes it, and so the table.
        let list = context.pluginWorkDirectoryURL.appending(path: "files.txt")
        let names = files.map(\.lastPathComponent).joined(separator: "\n") + "\n"
        if (try? String(contentsOf: list, encoding: .utf8)) != names {
            try names.write(to: list, atomically: true, encoding: .utf8)
        }
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) files", executable: URL(filePath: "/bin/sh"),
                arguments: ["-c", Self.script, "sh", table, output.path(percentEncoded: false)]
                    + files.map { $0.path(percentEncoded: false) },
                inputFiles: files + [list], outputFiles: [output])
        ]
    }

    private static func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    /// A definition's line of variables stands beside its text, so that a start looks into no file for it. No file has `"""####` in it.
    private static let script = #####"""
        set -eu
        table=$1 output=$2
        shift 2
        {
            printf '/// Made by the plugin EmbedFiles, by name.\n'
            printf 'enum %s {\n' "$table"
            case $table in
                EmbeddedDefinitions)
                    columns='name: StaticString, environment: StaticString, text: StaticString' none='("", "", "")'
                    ;;
                *) columns='name: StaticString, text: StaticString' none='("", "")' ;;
            esac
            printf '    static let count = %d\n' $#
            printf '    static func file(_ index: Int) -> (%s) {\n        switch index {\n' "$columns"
            index=0
            for file in "$@"; do
                name=${file##*/}
                printf 'case %d:\n' $index
                case $table in
                    EmbeddedDefinitions)
                        variables=$(sed -n 's/^  environment: \[\(.*\)\]$/\1/p' "$file")
                        printf '("%s", "%s", ####"""\n' "${name%.yaml}" "$variables"
                        ;;
                    *) printf '("%s", ####"""\n' "$name" ;;
                esac
                cat "$file"
                printf '\n"""####)\n'
                index=$((index + 1))
            done
            printf 'default: %s\n        }\n    }\n}\n' "$none"
        } > "$output"
        """#####
}
