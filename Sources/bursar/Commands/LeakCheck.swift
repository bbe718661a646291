import ArgumentParser
import BursarBasics
import BursarConfiguration
import BursarGateway
import BursarModel

/// `bursar leak-check`: searches files for configured credentials.
struct LeakCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Search files for any configured key, in every encoding.",
        discussion: """
            Examples:

              bursar leak-check /var/log/bursar.log
              journalctl -u bursar | bursar leak-check --config /etc/bursar/bursar.yaml
              find /var/backups -type f -exec bursar leak-check {} +

            Prints file:offset, the account and the encoding of each place; never a key. Reads files of any length piece by piece.
            Not found: keys in compressed or encrypted files, and keys that the configuration does not have any more.
            Exit codes: 0 no key found, 1 found, 64 usage, 66 a file cannot be read, 78 configuration, also one without a key.
            """
    )

    @Argument(help: ArgumentHelp("Files; standard input where none is named, or for -.", valueName: "FILE"))
    var files: [String] = []
    @Option(help: ArgumentHelp("The configuration, as for serve.", valueName: "FILE")) var config: String?

    func run() throws {
        let secrets = try ConfigurationLoading.load(
            ConfigurationRequest(path: config), otherwise: "Nothing was looked for: the keys are those of the configuration."
        ).namedSecrets
        guard !secrets.isEmpty else {
            Terminal.tell("error: no key is configured, so nothing was looked for; name the configuration with --config")
            throw ExitStatus.configuration
        }
        var isClean = true
        var unreadable = 0
        var searched = 0
        let files = files.isEmpty ? ["-"] : files
        for file in files {
            do throws(SystemError) {
                let (bytes, sightings) = try search(file, for: secrets)
                searched += bytes
                if sightings > 0 { isClean = false }
            } catch {
                Terminal.tell("error: \(file): \(error.words)")
                unreadable += 1
            }
        }
        Terminal.tell(
            "\(isClean ? "no key" : "keys") found in \(searched) bytes of \(files.count - unreadable) "
                + "\(files.count - unreadable == 1 ? "file" : "files"), "
                + "\(Set(secrets.map(\.name)).count) configured, \(SecretForm.allCases.count) encodings")
        if !isClean { throw ExitStatus.badAnswer }
        if unreadable > 0 { throw ExitStatus.noSuchFile }
    }

    /// - Returns: how many bytes were searched, and how many places were told.
    private func search(_ file: String, for secrets: [(name: String, secret: Secret)]) throws(SystemError) -> (Int, Int) {
        var search = LeakSearch(secrets)
        var count = 0
        let tell = { (sightings: [SecretSighting]) in
            for sighting in sightings {
                Terminal.answer("\(file):\(sighting.offset): \(sighting.name), \(sighting.form.rawValue)\n")
            }
            count += sightings.count
        }
        try FileReading.read(file) { tell(search.feed($0)) }
        tell(search.finish())
        return (search.searched, count)
    }
}
