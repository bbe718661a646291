import BursarBasics
import BursarCatalog
import BursarModel

/// Credentials. No message here quotes the value of `key`, or a part of it: it may be the key itself.
extension ConfigurationParser {
    /// A credential and where it came from. *Value.*
    struct Credential {
        let secret: Secret
        let password: Secret?
        let reference: SecretReference
        let file: String?
    }

    mutating func credential(_ entries: [String: Entry], of definition: ProviderDefinition?, in node: LocatedNode)
        -> Credential?
    {
        guard let entry = entries["key"] else {
            let variable = definition?.environmentVariables.first
            problems.error(at(node), "an account needs key", otherwise: "for example key: ${env:\(variable ?? "NAME")}")
            return nil
        }
        guard let (source, text) = secretSource(entry.node, .key) else { return nil }
        let user = user(entries["user"], of: definition)
        return credential(source, user: user, literal: text, at: at(entry.node), definition)
    }

    /// Also for the definitions' default variables.
    mutating func credential(
        _ source: SecretReference.Source, user: String? = nil, literal: String?, at place: ConfigurationPlace,
        _ definition: ProviderDefinition?
    ) -> Credential? {
        guard let (resolved, reference) = find(source, .key, user: user, literal: literal, at: place) else { return nil }
        let key = resolved.password ?? resolved.secret
        guard check(key, .key, from: reference.source, at: place, isPair: isBasic(definition)),
            checkShape(key, from: reference.source, user: user, at: place, definition)
        else { return nil }
        return Credential(
            secret: resolved.secret, password: isBasic(definition) ? resolved.password ?? key.password : nil,
            reference: reference, file: resolved.file)
    }

    /// A secret that is no account's, and the file that it came from. What signs, what is an address and a password have a form of their
    /// own, which the caller judges; a token is sent as a key is, and judged as one.
    /// - Parameter isToldInFile: whether it is told where it stands in the file itself.
    mutating func namedSecret(
        _ node: LocatedNode, _ use: SecretUse, isToldInFile: Bool = true
    ) -> (secret: Secret, file: String?)? {
        let place = at(node)
        guard let (source, text) = secretSource(node, use),
            let (resolved, reference) = find(source, use, literal: text, at: place, isToldInFile: isToldInFile)
        else { return nil }
        if use == .token {
            guard check(resolved.secret, use, from: reference.source, at: place, isPair: false),
                checkSpaces(resolved.secret, use, from: reference.source, at: place)
            else { return nil }
        }
        return (resolved.secret, resolved.file)
    }

    /// A text that is a secret, or says where one is.
    private mutating func secretSource(
        _ node: LocatedNode, _ use: SecretUse
    ) -> (source: SecretReference.Source, text: String)? {
        guard let text = text(node, use.rawValue, expected: use.expectation) else { return nil }
        do throws(SecretReference.Source.Refusal) {
            let source = try SecretReference.Source.parse(text)
            if source == .literal { problems.conceal(Secret(text)) }
            return (source, text)
        } catch {
            report(error, use, at: at(node))
            return nil
        }
    }

    /// The one place where a secret is taken from where it is, and where it is told what an operator should know of that place.
    private mutating func find(
        _ source: SecretReference.Source, _ use: SecretUse, user: String? = nil, literal: String?, at place: ConfigurationPlace,
        isToldInFile: Bool = true
    ) -> (resolved: SecretResolver.Resolved, reference: SecretReference)? {
        var source = source
        if case .file(let path) = source {
            guard let resolved = resolvedPath(path, place) else { return nil }
            source = .file(path: resolved)
        }
        do throws(SecretProblem) {
            let reference = SecretReference(source: source, user: user, place: place)
            let resolved = try resolver.resolve(reference, literal: literal)
            problems.conceal(resolved.password ?? resolved.secret)
            audit(resolved, at: place)
            if case .command = source {
                problems.finding(
                    .keyFromCommand, place,
                    "a command is run for this \(use.word): whoever can change it or this file runs programs here")
            }
            if source == .literal, isToldInFile { problems.finding(.literalKey, place, use.literalWords) }
            return (resolved, reference)
        } catch {
            problems.error(
                place, words(for: error, of: source, use), meant: nearVariable(error), otherwise: error.advice(for: use))
            return nil
        }
    }

    /// Who else can read the key's file, or put another in its place.
    mutating func audit(_ resolved: SecretResolver.Resolved, at place: ConfigurationPlace) {
        if resolved.isReadableByAnyone {
            problems.finding(
                .keyFileReadableByAnyone, place,
                "every user of this machine can read the key's file; chmod 600 it, or 640 with a group")
        } else if resolved.isReadableByGroup {
            problems.finding(
                .keyFileReadableByGroup, place, "the group of the key's file can read it; chmod 600 it unless that is meant")
        }
        if resolved.isWritableByAnyone {
            problems.finding(
                .keyFileWritableByAnyone, place,
                "every user of this machine can put another key into the key's file; chmod 600 it")
        } else if resolved.isReplaceableByAnyone {
            problems.finding(
                .keyFileWritableByAnyone, place,
                "every user of this machine can put another file in the place of the key's: a folder above it may be written by everyone"
            )
        }
    }

    /// A user for a provider with basic authentication; nil for every other one.
    private mutating func user(_ entry: Entry?, of definition: ProviderDefinition?) -> String? {
        guard let entry, let definition else { return nil }
        guard definition.auth.isPair else {
            problems.error(at(entry.node), "user is for providers that take two secrets; \(definition.id) takes a key alone")
            return nil
        }
        let expected = "1 to 256 printable ASCII characters, without a colon"
        guard let text = text(entry.node, "user", expected: expected) else { return nil }
        guard text.utf8.count <= 256, text.utf8.allSatisfy({ $0.isPrintableASCII && $0 != UInt8(ascii: ":") }) else {
            problems.error(at(entry.node), "user must be \(expected)")
            return nil
        }
        return text
    }

    private func isBasic(_ definition: ProviderDefinition?) -> Bool {
        definition?.auth.isPair ?? false
    }

    private mutating func checkShape(
        _ key: Secret, from source: SecretReference.Source, user: String?, at place: ConfigurationPlace,
        _ definition: ProviderDefinition?
    ) -> Bool {
        guard let definition else { return true }
        if definition.auth.isPair {
            guard user != nil || key.password != nil else {
                let what = definition.auth.secondHeader == nil ? "has basic authentication" : "takes two secrets"
                problems.error(place, "\(definition.id) \(what): give user as well, or user:password as the key")
                return false
            }
        } else {
            return checkSpaces(key, .key, from: source, at: place)
        }
        return true
    }

    /// What stands alone in a header field would end at a space.
    private mutating func checkSpaces(
        _ secret: Secret, _ use: SecretUse, from source: SecretReference.Source, at place: ConfigurationPlace
    ) -> Bool {
        guard secret.withExposedBytes({ $0.contains(0x20) }) else { return true }
        problems.error(place, located("the key has a space in it", source, use))
        return false
    }

    /// What is wrong with a key or a token wherever it goes.
    private mutating func check(
        _ secret: Secret, _ use: SecretUse, from source: SecretReference.Source, at place: ConfigurationPlace, isPair: Bool
    ) -> Bool {
        guard secret.count >= SecretResolver.fewestBytes else {
            problems.error(
                place,
                located(
                    "the key is shorter than \(SecretResolver.fewestBytes) characters: so short a text cannot be kept out of logs",
                    source, use))
            return false
        }
        if let scheme = secret.leadingAuthScheme {
            problems.error(
                place,
                located(
                    "the key begins with \"\(scheme) \"; write the key alone, the scheme is added where it belongs", source, use))
            return false
        }
        if let form = secret.withExposedBytes({ KeyForm(String(decoding: $0, as: UTF8.self), isPair: isPair) }) {
            let message = located(form.message, source, use)
            // Of what stands in a file already, where else a key may stand is no help.
            let isInFile = message != use.said(form.message)
            let advice = use.said(isInFile && (form == .placeholder || form == .mask) ? "put the key there" : form.advice)
            guard form.isWarning else {
                problems.error(place, message, otherwise: advice)
                return false
            }
            problems.warning(place, message, otherwise: advice)
        }
        if secret.count < SecretResolver.fewBytes {
            problems.finding(
                .shortKey, place,
                "\(use.subject) has fewer than \(SecretResolver.fewBytes) characters: it is redacted only where it stands alone")
        }
        return true
    }

    private mutating func report(_ refusal: SecretReference.Source.Refusal, _ use: SecretUse, at place: ConfigurationPlace) {
        let forms = "expected ${env:NAME}, ${file:/path}, ${credential:name} or ${exec:/path}"
        switch refusal {
        case .notTheWholeValue:
            problems.error(place, "a reference ${…} must be the whole value of \(use.rawValue)", otherwise: forms)
        case .notClosed: problems.error(place, "the reference is not closed with }", otherwise: forms)
        case .noScheme(let meant):
            problems.error(place, "the reference does not say where \(use.subject) is", meant: meant, otherwise: forms)
        case .unknownScheme(let meant):
            problems.error(place, "unknown kind of reference", meant: meant.map { "${\($0):…}" }, otherwise: forms)
        case .badEnvironmentName: problems.error(place, "not a name of an environment variable: letters, digits and _ only")
        case .badPath: problems.error(place, "not a path of a file: it begins with /, ./, ../ or ~/, and ends with no slash")
        case .badCredentialName:
            problems.error(place, "not a name of a credential: a file's name in $CREDENTIALS_DIRECTORY, without /")
        case .badCommand:
            problems.error(
                place, "not a command: a program's absolute path and its arguments, separated by spaces or as a JSON list")
        }
    }

    /// With the whole path of a file that stands beside the configuration, whatever the folder is called.
    func words(for problem: SecretProblem, of source: SecretReference.Source, _ use: SecretUse) -> String {
        guard case .unreadable(let path, let why) = problem else { return located(problem.words, source, use) }
        return "\(shown(path)) \(why.words)"
    }

    /// With the file's path behind "the key", where it was read from one: the place alone leads to a reference.
    private func located(_ words: String, _ source: SecretReference.Source, _ use: SecretUse) -> String {
        let (words, subject) = (use.said(words), use.subject + " ")
        guard words.hasPrefix(subject), let file = try? resolver.file(of: source), !file.isEmpty else { return words }
        return "\(subject)in \(shown(file)) " + words.dropFirst(subject.count)
    }

    /// A variable that is set and has nearly the name of one that is not.
    private func nearVariable(_ problem: SecretProblem) -> String? {
        guard case .variableNotSet(let name) = problem, ShowableText.allows(name) else { return nil }
        let near = NearestName.find(name, among: sources.environment.keys.filter { ShowableText.allows($0) }.sorted())
        return near.map { "${env:\($0)}" }
    }
}

extension SecretProblem {
    /// What to do.
    fileprivate func advice(for use: SecretUse) -> String? {
        switch self {
        case .variableNotSet: "set it for the process that runs the gateway"
        case .surroundingSpace: "remove it"
        case .commandsNotAllowed: "write that at the top level if commands are meant to run"
        case .blank: use == .key ? "set the key, or remove the account" : "set it, or remove the target"
        default: nil
        }
    }
}

extension Secret {
    /// "Bearer", "Token" and their kind, copied together with the key from a curl line.
    fileprivate var leadingAuthScheme: String? {
        withExposedBytes { bytes in
            ["Bearer", "Token", "Key", "Basic"].first { scheme in
                bytes.count > scheme.utf8.count && bytes[scheme.utf8.count] == 0x20
                    && zip(bytes, scheme.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
            }
        }
    }

    /// What stands behind the first colon.
    fileprivate var password: Secret? {
        withExposedBytes { bytes in
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
            return Secret(bytes[(colon + 1)...])
        }
    }
}
