/// Where a TLS listener's certificate, key and client authorities are kept; a *value*.
package struct TLSSettings: Sendable, Equatable {
    /// A PEM file: the server's certificate first, then the intermediates.
    package var certificateFile: String
    /// A PEM file with the private key that belongs to the certificate, without a passphrase.
    package var privateKeyFile: String
    /// A PEM file of authorities. When it is named, a client must show a certificate that one of them signed (mutual TLS).
    package var clientAuthoritiesFile: String?

    package init(certificateFile: String, privateKeyFile: String, clientAuthoritiesFile: String? = nil) {
        self.certificateFile = certificateFile
        self.privateKeyFile = privateKeyFile
        self.clientAuthoritiesFile = clientAuthoritiesFile
    }

    package var files: [String] { [certificateFile, privateKeyFile] + (clientAuthoritiesFile.map { [$0] } ?? []) }
}
