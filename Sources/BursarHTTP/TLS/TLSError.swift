/// Why a listener has no usable TLS material: always the file and what is wrong with it, never a byte of its content; a *value*.
package struct TLSError: Error, Equatable, CustomStringConvertible {
    /// The file as the configuration names it.
    package var file: String
    package var reason: Reason

    /// What is wrong with the file.
    package enum Reason: Equatable, Sendable {
        /// There is no such file.
        case notFound
        /// The file cannot be read; the operating system's own words.
        case notReadable(String)
        /// No certificate bundle or key is this large: it is another file.
        case tooLarge(limit: Int)
        /// There is no certificate in PEM form in it.
        case noCertificate
        /// A certificate in it cannot be understood.
        case malformedCertificate
        /// There is no private key in PEM form in it.
        case noPrivateKey
        /// The key has a passphrase. Nobody is there to type one when a server restarts.
        case encryptedPrivateKey
        /// The key in it cannot be understood, or is of a kind that TLS does not use.
        case malformedPrivateKey
        /// Key and certificate do not go together, mostly in the middle of a renewal or by a wrong file; or are of a kind, such as a curve, that
        /// TLS does not use. Which of them is not told apart.
        case keyOfAnotherCertificate(certificateFile: String)
    }

    package var description: String { "\(file): \(words)" }

    /// Whether it is the private key that is at fault.
    package var concernsKey: Bool {
        switch reason {
        case .noPrivateKey, .encryptedPrivateKey, .malformedPrivateKey, .keyOfAnotherCertificate: true
        case .notFound, .notReadable, .tooLarge, .noCertificate, .malformedCertificate: false
        }
    }

    /// What is wrong, without the file.
    package var words: String {
        switch reason {
        case .notFound: "there is no such file"
        case .notReadable(let why): "cannot be read: \(why)"
        case .tooLarge(let limit): "larger than \(limit) bytes, so it is no certificate or key"
        case .noCertificate: "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)"
        case .malformedCertificate: "holds a certificate that cannot be understood"
        case .noPrivateKey: "holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)"
        case .encryptedPrivateKey: "the private key has a passphrase; store it without one, readable by this user alone"
        case .malformedPrivateKey: "holds a private key that cannot be understood or used for TLS"
        case .keyOfAnotherCertificate(let certificate):
            "is not the private key of the certificate in \(certificate), or both are of a kind that is not used for TLS here"
        }
    }
}
