import ArgumentParser
import Glibc

/// Which gateway a command asks where no `--url` says it.
enum UsualGateway {
    /// What `--url` takes, for whoever always asks the same gateway.
    static let variable = "BURSAR_URL"

    /// Where a gateway listens that was told nothing.
    static let standard = "http://127.0.0.1:8787"

    static var url: String { named ?? standard }

    /// Nil where the variable is not set, or blank, which says nothing.
    static var named: String? {
        getenv(variable).map { String(cString: $0) }.flatMap { text in text.contains { !$0.isWhitespace } ? text : nil }
    }

    /// Before anything is asked: of another gateway than was meant, a guard would say yes.
    static func check() throws {
        guard let named else { return }
        do {
            try TargetOptions.check(named)
        } catch {
            throw ValidationError("$\(variable) is none of http://host:port, https://host:port and unix:/path.")
        }
    }
}
