import ArgumentParser
import BursarCatalog
import BursarModel

import Glibc

/// `bursar provider new`: a first definition from what a provider publishes.
struct ProviderNew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Write a first definition from a provider's OpenAPI document, or from one answer that was saved.",
        discussion: """
            Examples:

              bursar provider new acme --from openapi.yaml
              bursar provider new acme --from openapi.json --path /v1/balance \\
                --output providers/acme.yaml
              bursar provider new acme --from answer.json

            The file passes `bursar check`. What was guessed is marked in it: above all which figure is what is left, and what it counts. Other
            figures of the answer stand beside it as comments. Nobody is called.
            Exit codes: 64 usage, 65 nothing to write a definition of, 66 no such file, 73 the file exists already.
            """
    )

    @Argument(help: "The provider's id: 1 to 32 of a-z 0-9 -, beginning with a letter.") var name: String
    @Option(help: ArgumentHelp("An OpenAPI document, or one answer as JSON.", valueName: "FILE")) var from: String
    @Option(help: ArgumentHelp("Which path of an OpenAPI document tells the balance; else the likeliest.", valueName: "PATH"))
    var path: String?
    @Option(help: ArgumentHelp("Where to write it; - for standard output; else NAME.yaml here.", valueName: "FILE"))
    var output: String?

    func validate() throws {
        guard ProviderID(name) != nil else { throw ValidationError("A name is 1 to 32 of a-z 0-9 -, beginning with a letter.") }
    }

    func run() throws {
        guard let id = ProviderID(name) else { throw ExitStatus.usage }
        let source = try source()
        let draft: DefinitionDraft
        do throws(DefinitionDraft.Refusal) {
            draft = try DefinitionDraft(id, from: source, path: path, today: Today.text)
        } catch {
            Terminal.tell("error: \(error)")
            throw ExitStatus.data
        }
        let file = output ?? "\(name).yaml"
        if file == "-" {
            Terminal.answer(draft.text)
        } else {
            try write(draft.text, to: file)
            Terminal.tell("\(file) asks \(draft.path) and passes `bursar check \(file)`. Read it: what was guessed is marked.")
        }
        if !draft.otherPaths.isEmpty {
            Terminal.tell("Other paths that could be meant (--path): \(draft.otherPaths.joined(separator: ", "))")
        }
    }

    private func source() throws -> DefinitionFile {
        do throws(Diagnostic) {
            let files = try DefinitionFolder.files(at: from)
            if files.count == 1 { return files[0] }
        } catch {
            Terminal.tell("\(error)")
            throw ExitStatus.noSuchFile
        }
        Terminal.tell("error: --from takes one file, and \(from) is a folder with several")
        throw ExitStatus.usage
    }

    /// A definition that somebody has worked on is not written over.
    private func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            Terminal.tell("error: \(path) \(errno == EEXIST ? "exists already" : "cannot be written")")
            throw ExitStatus.cannotCreate
        }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                Terminal.tell("error: \(path) cannot be written whole")
                throw ExitStatus.cannotCreate
            }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// The day of this machine's clock, in UTC.
enum Today {
    static var now: WallTime { WallTime(seconds: Int64(time(nil))) }
    static var text: String { String(now.rfc3339.prefix(10)) }
}
