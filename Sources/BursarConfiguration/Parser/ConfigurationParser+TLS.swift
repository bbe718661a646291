package import BursarBasics
import BursarCatalog
package import BursarModel

extension ConfigurationKey {
    static let tlsNames = ["certificate", "key", "client_ca"]
}

/// The certificate of listeners with TLS.
extension ConfigurationParser {
    mutating func tls(_ entry: Entry?) -> TLSSettings? {
        guard let entry, let entries = entries(of: entry.node, in: .tls) else { return nil }
        for name in ["certificate", "key"] where entries[name] == nil {
            problems.error(at(entry.node), "tls needs \(name), the path of a file in PEM form")
        }
        let certificate = pemFile(entries["certificate"], "certificate")
        let key = pemFile(entries["key"], "key")
        let authorities = entries["client_ca"].flatMap { pemFile($0, "client_ca") }
        guard let certificate, let key, authorities != nil || entries["client_ca"] == nil else { return nil }
        let settings = TLSSettings(certificateFile: certificate, privateKeyFile: key, clientAuthoritiesFile: authorities)
        if let problem = sources.checkTLS(settings) {
            // One file may stand in two places: what is wrong tells which of them is meant.
            let names = problem.concernsKey ? ["key", "certificate"] : ["certificate", "client_ca", "key"]
            let culprit = names.compactMap { entries[$0] }.first { pathText($0) == problem.file } ?? entry
            // The words may name the certificate's file beside the one that is at fault.
            let words = problem.words.replacing(certificate, with: shown(certificate))
            if problem.isWarning {
                problems.warning(at(culprit.node), "\(shown(problem.file)): \(words)")
            } else {
                problems.error(at(culprit.node), "\(shown(problem.file)): \(words)")
            }
        }
        return settings
    }

    /// A listener that wants TLS needs a certificate; one that nobody uses is a slip.
    /// - Parameter areAllRead: whether there is no listener beside these that could not be read.
    mutating func checkUse(of tls: Entry?, by listeners: [(ListenerSettings, ConfigurationPlace)], areAllRead: Bool) {
        let users = listeners.filter(\.0.usesTLS)
        if tls == nil {
            for (_, place) in users {
                problems.error(
                    place, "a listener with tls: true needs a certificate", otherwise: "write tls: {certificate: FILE, key: FILE}"
                )
            }
        } else if let tls, users.isEmpty, areAllRead {
            problems.warning(at(tls.keyMark), "no listener uses tls; write listen: [{address: …, tls: true}]")
        }
    }

    /// The path, where a file of that name can be read. What is in it is looked at later, all files together.
    private mutating func pemFile(_ entry: Entry?, _ name: String) -> String? {
        guard let entry, let text = text(entry.node, name, expected: "the path of a file in PEM form") else { return nil }
        guard text.utf8.count < 4_096, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            problems.error(at(entry.node), "\(name) must be the path of a file, not what is in it")
            return nil
        }
        guard let path = resolvedPath(text, at(entry.node)) else { return nil }
        switch sources.readFile(path, ConfigurationLimits.pemBytes) {
        case .failure(let problem):
            problems.error(at(entry.node), "\(shown(path)) \(problem.words)")
            return nil
        case .success(let content):
            if name == "key", content.isReadableByAnyone {
                problems.finding(
                    .keyFileReadableByAnyone, at(entry.node),
                    "every user of this machine can read the private key's file; chmod 600 it, or 640 with a group")
            }
            return path
        }
    }

    private func pathText(_ entry: Entry) -> String? {
        var quiet = self
        return entry.node.text.flatMap { quiet.resolvedPath($0, at(entry.node)) }
    }
}

/// What makes TLS files unusable, or will. *Value.*
package struct TLSFileProblem: Sendable, Equatable {
    package let file: String
    /// What is wrong with it, without its name.
    package let words: String
    /// Whether it is the private key that is at fault.
    package let concernsKey: Bool
    /// Listeners start with them all the same.
    package let isWarning: Bool

    package init(file: String, words: String, concernsKey: Bool, isWarning: Bool = false) {
        self.file = file
        self.words = words
        self.concernsKey = concernsKey
        self.isWarning = isWarning
    }

    /// Of an end that is near or past; nil where it is neither. Renewed files are taken without a restart, so it keeps nothing
    /// from starting.
    package init?(certificate file: String, notValidAfter: WallTime, term: CertificateTerm) {
        let words: String
        switch term {
        case .long: return nil
        case .ending: words = "the certificate ends at \(notValidAfter.rfc3339)"
        case .over: words = "the certificate expired at \(notValidAfter.rfc3339): clients refuse it"
        }
        self.init(file: file, words: words, concernsKey: false, isWarning: true)
    }
}
