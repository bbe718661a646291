import BursarBasics
internal import NIOSSL

/// One reading of a listener's files, ready for handshakes. *Immutable.*
struct TLSMaterial: Sendable {
    let context: NIOSSLContext
    /// What the files looked like just before they were read, in the order of `TLSSettings.files`.
    let stamps: [TLSFile.Stamp]
    /// Seconds since 1970 after which clients refuse the certificate.
    let notValidAfter: Int
    private let notValidBefore: Int

    /// - Parameter now: seconds since 1970.
    func term(now: Int) -> CertificateTerm { CertificateTerm(from: notValidBefore, to: notValidAfter, now: now) }

    init(reading settings: TLSSettings) throws(TLSError) {
        let certificateFile = try TLSFile(reading: settings.certificateFile)
        let keyFile = try TLSFile(reading: settings.privateKeyFile)
        let certificates = try TLSMaterial.certificates(in: certificateFile, named: settings.certificateFile)
        let key = try TLSMaterial.privateKey(in: keyFile, named: settings.privateKeyFile)
        var stamps = [certificateFile.stamp, keyFile.stamp]
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        if let name = settings.clientAuthoritiesFile {
            let file = try TLSFile(reading: name)
            stamps.append(file.stamp)
            configuration.trustRoots = .certificates(try TLSMaterial.certificates(in: file, named: name))
            // The client's certificate is checked against the authorities; it has no host name to compare.
            configuration.certificateVerification = .noHostnameVerification
            configuration.sendCANameList = true
        }
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = TLSMaterial.suites
        configuration.applicationProtocols = ["h2", "http/1.1"]
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            // Each file was understood alone; what is left is that they are no pair, or one of a kind that is not used.
            throw TLSError(
                file: settings.privateKeyFile, reason: .keyOfAnotherCertificate(certificateFile: settings.certificateFile))
        }
        self.stamps = stamps
        notValidBefore = certificates.map { Int($0.notValidBefore) }.first ?? 0
        notValidAfter = certificates.map { Int($0.notValidAfter) }.first ?? 0
    }

    /// For TLS 1.2: forward secrecy and authenticated encryption only (RFC 9325 4.2). Those of TLS 1.3 have both and are not
    /// chosen here.
    static let suites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    ]

    private static func certificates(in file: TLSFile, named name: String) throws(TLSError) -> [NIOSSLCertificate] {
        guard file.holdsBlock("CERTIFICATE") else { throw TLSError(file: name, reason: .noCertificate) }
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(file.bytes), !certificates.isEmpty else {
            throw TLSError(file: name, reason: .malformedCertificate)
        }
        return certificates
    }

    private static func privateKey(in file: TLSFile, named name: String) throws(TLSError) -> NIOSSLPrivateKey {
        guard file.holdsBlock("PRIVATE KEY") else { throw TLSError(file: name, reason: .noPrivateKey) }
        // PKCS#8 says it in the label, the older form in a header of the block.
        let text = String(decoding: file.bytes, as: UTF8.self)
        if file.holdsBlock("ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
            throw TLSError(file: name, reason: .encryptedPrivateKey)
        }
        guard let key = try? NIOSSLPrivateKey(bytes: file.bytes, format: .pem) else {
            throw TLSError(file: name, reason: .malformedPrivateKey)
        }
        return key
    }
}
