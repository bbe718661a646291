import BursarBasics

/// What a text is that stands where a key should and is none: a reference in another tool's language, a mask, an example's placeholder.
/// *Value.* Sent as it is, it would be refused by the provider, and would tell it where the key is kept.
///
/// No message quotes the text: it may have the key in it.
package enum KeyForm: Sendable, Equatable {
    /// A reference that belongs here in another form, which is named.
    case reference(kind: String, write: String)
    /// What stands in examples until somebody puts a key there.
    case placeholder
    /// What shows that a key is there without showing it.
    case mask
    case quoted
    /// A line of an environment file.
    case assignment
    /// A document with a key somewhere in it.
    case document
    /// A path of a file: may be a key as well, so it is only asked about.
    case path

    /// Nil: nothing is known against it.
    /// - Parameter isPair: the text is `user:password`, so that a word before a colon says nothing.
    init?(_ text: String, isPair: Bool = false) {
        guard let form = Self.quotation(text) ?? Self.ofOtherTools(text, isPair: isPair) ?? Self.example(text) else { return nil }
        self = form
    }

    /// What is said, behind the place. Without the text.
    package var message: String {
        switch self {
        case .reference(let kind, _): "the key is \(kind), which means nothing here and would be sent as the key"
        case .placeholder: "the key is a placeholder of an example"
        case .mask: "the key is masked: it was copied from where it is not shown whole"
        case .quoted: "the key begins and ends with quotation marks, which would be sent as a part of it"
        case .assignment: "the key is a line NAME=value of an environment file"
        case .document: "the key is a document with a key in it"
        case .path: "the key looks like a path of a file; it is sent as the key"
        }
    }

    package var advice: String {
        switch self {
        case .reference(_, let write): "write \(write)"
        case .placeholder, .mask: "write the key, or where it is: ${env:NAME}, ${file:/path}, ${credential:name} or ${exec:/path}"
        case .quoted: "leave them out; one pair is YAML's own"
        case .assignment: "write the value alone, or read the file into the environment and write ${env:NAME}"
        case .document: "a file holds one key and nothing else"
        case .path: "if the file is meant, write ${file:/path}"
        }
    }

    /// What may be meant; everything else is an error.
    package var isWarning: Bool { self == .path }
}

extension KeyForm {
    private static let variable = "${env:NAME}"
    private static let file = "${file:/path}"
    private static let command = "${exec:/path/of/its/program …}, with secrets: {exec: true}"

    private static func quotation(_ text: String) -> KeyForm? {
        guard text.utf8.count >= 2, let first = text.first, "\"'`“‘".contains(first), let last = text.last else { return nil }
        if first == "`" && last == "`" { return .reference(kind: "a command in a shell's words", write: command) }
        return last == first || "”’".contains(last) ? .quoted : nil
    }

    /// What a reference of other tools begins with, and what to write for it.
    private static let beginnings: [(text: String, kind: String, write: String)] = [
        ("os.environ/", "a reference to a variable", variable), ("os.environ[", "a reference to a variable", variable),
        ("process.env.", "a reference to a variable", variable), ("$env:", "a reference to a variable", variable),
        ("env.", "a reference to a variable", variable), ("ENV[", "a reference to a variable", variable),
        ("$(", "a command in a shell's words", command),
        ("~/", "a path of a file", "${file:~/path}"), ("./", "a path of a file", "${file:./path}"),
        ("../", "a path of a file", "${file:../path}"), ("@/", "a path of a file", file),
        ("@./", "a path of a file", "${file:./path}"),
        ("{{", "a template that nothing has filled in", variable), ("{%", "a template that nothing has filled in", variable),
        ("<%", "a template that nothing has filled in", variable), ("#{", "a template that nothing has filled in", variable),
        ("{env.", "a reference to a variable", variable), ("{$", "a reference to a variable", variable),
        ("ENC[", "a value that is encrypted", command), ("AQICAH", "a value that is encrypted", command),
        ("-----BEGIN", "a certificate or a private key", "the API key itself"),
        ("arn:aws:", "a name of a secret", command), ("projects/", "a name of a secret", command)
    ]

    /// Before a colon alone: `vault:secret/data/x#key`.
    private static let schemes: Set<String> = [
        "env", "file", "secret", "secrets", "vault", "op", "aws", "awssm", "aws-sm", "asm", "ssm", "gcp", "gsm", "sm", "azure",
        "akv",
        "keyvault", "keyring", "keychain", "bw", "pass", "gopass", "doppler", "infisical", "sops", "exec", "cmd", "credential",
        "conjur", "consul", "k8s", "ref"
    ]

    private static func ofOtherTools(_ text: String, isPair: Bool) -> KeyForm? {
        if let scheme = urlScheme(text) { return reference(scheme: scheme) }
        for (beginning, kind, write) in beginnings where text.hasPrefix(beginning) { return .reference(kind: kind, write: write) }
        if !isPair, let colon = text.firstIndex(of: ":") {
            let scheme = text[..<colon].lowercased()
            if schemes.contains(scheme) || scheme.hasPrefix("ref+") { return reference(scheme: scheme) }
        }
        if text.hasPrefix("%"), text.hasSuffix("%"), SecretReference.Source.isEnvironmentName(text.dropFirst().dropLast()) {
            return .reference(kind: "a reference to a variable", write: variable)
        }
        if text.hasPrefix("{"), text.contains("\"") { return .document }
        if let equals = text.firstIndex(of: "="), isVariable(text[..<equals]),
            text[equals...].contains(where: { $0 != "=" })
        {
            return .assignment
        }
        return isPath(text) ? .path : nil
    }

    /// `/run/secrets/x`: the first folder is a word. Keys in base64 may begin with a slash, too.
    private static func isPath(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].isEmpty, (2...12).contains(parts[1].utf8.count) else { return false }
        return parts[1].utf8.allSatisfy { $0.isASCIILetter && $0 >= 0x61 }
    }

    private static func reference(scheme: String) -> KeyForm {
        switch scheme {
        case "env": .reference(kind: "a reference to a variable", write: variable)
        case "file": .reference(kind: "a reference to a file", write: file)
        case "credential": .reference(kind: "a reference to a credential", write: "${credential:name}")
        case "http", "https": .reference(kind: "an address", write: "the key itself; an address belongs to base_url")
        case "op": .reference(kind: "a reference of 1Password", write: "${exec:/usr/bin/op read …}, with secrets: {exec: true}")
        default: .reference(kind: "a reference of another tool", write: command)
        }
    }

    /// What stands before `://`, where it is a scheme (RFC 3986 3.1).
    private static func urlScheme(_ text: String) -> String? {
        guard let end = text.firstRange(of: "://")?.lowerBound else { return nil }
        let scheme = text[..<end].lowercased()
        guard let first = scheme.utf8.first, first.isASCIILetter,
            scheme.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E })
        else { return nil }
        return scheme
    }

    /// `NAME` of `NAME=value`: capitals, and a `_` among them, or it may be the beginning of a key in base64.
    private static func isVariable(_ name: Substring) -> Bool {
        let name = name.hasPrefix("export ") ? name.dropFirst(7) : name
        return SecretReference.Source.isEnvironmentName(name) && name.contains("_") && name == name.uppercased()
    }

    private static let placeholders: Set<String> = [
        "yourkey", "yourkeyhere", "yourapikey", "yourapikeyhere", "yourtoken", "yourtokenhere", "yoursecret", "apikeyhere",
        "keyhere",
        "insertkeyhere", "insertapikeyhere", "putyourkeyhere", "pasteyourkeyhere", "addyourkeyhere", "enteryourapikey",
        "changeme",
        "changethis", "replaceme", "replacethis", "todo", "fixme", "placeholder", "example", "undefined", "none", "null",
        "redacted",
        "myapikey", "secretkey", "apikey", "dummy"
    ]

    private static func example(_ text: String) -> KeyForm? {
        if let first = text.first, let last = text.last, ["<>", "[]", "{}"].contains("\(first)\(last)") { return .placeholder }
        if text.contains("***") || text.contains("•••") || text.contains("...") || text.contains("…") { return .mask }
        let letters = text.lowercased().filter { $0.isLetter || $0.isNumber }
        if placeholders.contains(letters) { return .placeholder }
        let words = letters.isEmpty ? text[...] : letters[...]
        // `********`, `xxxxxxxx`, `sk-xxxxxxxx`.
        if let one = words.first, words.allSatisfy({ $0 == one }) { return .mask }
        return letters.hasSuffix("xxxxxxxx") ? .mask : nil
    }
}
