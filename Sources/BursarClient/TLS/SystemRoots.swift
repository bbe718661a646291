import Glibc

/// Where the system keeps the certificates of authorities. *Stateless.*
package enum SystemRoots {
    /// The places that the TLS library looks at: a file of all, or a folder of links named by hash.
    private static let files = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
    private static let folder = "/etc/ssl/certs"

    /// Whether there is anything to trust. Without it every certificate is refused, and the reason that the TLS library gives is the same
    /// as for a forged one.
    package static var areFound: Bool {
        files.contains(where: isFilled) || hasEntries(folder)
    }

    private static func isFilled(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG && facts.st_size > 0
    }

    private static func hasEntries(_ path: String) -> Bool {
        guard let folder = opendir(path) else { return false }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            // Hidden ones are no links by hash, and neither are `.` and `..`.
            if entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { return true }
        }
        return false
    }
}
