import BursarBasics
internal import NIOSSL

extension NIOSSLCertificate {
    /// Whom the certificate names, with the kind of each name: `dns:app.internal`, `uri:spiffe://corp/app`, `email:…`, and `cn:…` for
    /// the common name of its subject. Names with bytes outside of printable ASCII are left out: they could look like others.
    var identityNames: [String] {
        var names: [String] = []
        for name in _subjectAlternativeNames() {
            let kind: String
            switch name.nameType {
            case .dnsName: kind = "dns:"
            case .uri: kind = "uri:"
            case .email: kind = "email:"
            default: continue
            }
            let bytes = name.contents.withUnsafeBufferPointer { Array($0) }
            if let text = Self.text(bytes) { names.append(kind + (kind == "dns:" ? text.lowercased() : text)) }
        }
        if let der = try? toDERBytes(), let name = SubjectReader.commonName(inCertificate: der), let text = Self.text(name) {
            names.append("cn:" + text)
        }
        return names
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String? {
        guard !bytes.isEmpty, bytes.allSatisfy(\.isPrintableASCII) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
