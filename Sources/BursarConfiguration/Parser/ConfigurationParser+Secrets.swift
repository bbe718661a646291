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
        let expected = "a key, or where it is: ${env:NAME}, ${file:/path}, ${credential:name} or ${exec:/path}"
        guard let text = text(entry.node, "key", expected: expected) else { return nil }
        let place = at(entry.node)
        let source: SecretReference.Source
        do throws(SecretReference.Source.Refusal) {
            source = try SecretReference.Source.parse(text)
        } catch {
            report(error, at: place)
            return nil
        }
        if source == .literal { problems.conceal(Secret(text)) }
        let user = user(entries["user"], of: definition)
        return credential(source, user: user, literal: text, at: place, definition)
    }

    /// Also for the definitions' default variables.
    mutating func credential(
        _ source: SecretReference.Source, user: String? = nil, literal: String?, at place: ConfigurationPlace,
        _ definition: ProviderDefinition?
    ) -> Credential? {
        var source = source
        if case .file(let path) = source {
            guard let resolved = resolvedPath(path, place) else { return nil }
            source = .file(path: resolved)
        }
        do throws(SecretProblem) {
            let reference = SecretReference(source: source, user: user, place: place)
            let resolved = try resolver.resolve(reference, literal: literal)
            let key = resolved.password ?? resolved.secret
            problems.conceal(key)
            audit(resolved, at: place)
            if case .command = source {
                problems.finding(
                    .keyFromCommand, place, "a command is run for this key: whoever can change it or this file runs programs here"
                )
            }
            if source == .literal {
                problems.finding(
                    .literalKey, place, "a key stands in the file; keep it in ${env:…}, ${file:…} or ${credential:…}")
            }
            guard check(key, from: source, at: place, isPair: isBasic(definition)),
                checkShape(key, from: source, user: user, at: place, definition)
            else { return nil }
            return Credential(
                secret: resolved.secret, password: isBasic(definition) ? resolved.password ?? key.password : nil,
                reference: reference, file: resolved.file)
        } catch {
            problems.error(place, words(for: error, of: source), meant: nearVariable(error), otherwise: error.advice)
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
        } else if key.withExposedBytes({ $0.contains(0x20) }) {
            problems.error(place, located("the key has a space in it", source))
            return false
        }
        return true
    }

    /// What is wrong with a key wherever it goes.
    private mutating func check(
        _ secret: Secret, from source: SecretReference.Source, at place: ConfigurationPlace, isPair: Bool
    ) -> Bool {
        guard secret.count >= SecretResolver.fewestBytes else {
            problems.error(
                place,
                located(
                    "the key is shorter than \(SecretResolver.fewestBytes) characters: so short a text cannot be kept out of logs",
                    source))
            return false
        }
        if let scheme = secret.leadingAuthScheme {
            problems.error(
                place,
                located("the key begins with \"\(scheme) \"; write the key alone, the scheme is added where it belongs", source))
            return false
        }
        if let form = secret.withExposedBytes({ KeyForm(String(decoding: $0, as: UTF8.self), isPair: isPair) }) {
            let message = located(form.message, source)
            // Of what stands in a file already, where else a key may stand is no help.
            let advice = message != form.message && (form == .placeholder || form == .mask) ? "put the key there" : form.advice
            guard form.isWarning else {
                problems.error(place, message, otherwise: advice)
                return false
            }
            problems.warning(place, message, otherwise: advice)
        }
        if secret.count < SecretResolver.fewBytes {
            problems.finding(
                .shortKey, place,
                "the key has fewer than \(SecretResolver.fewBytes) characters: it is redacted only where it stands alone")
        }
        return true
    }

    private mutating func report(_ refusal: SecretReference.Source.Refusal, at place: ConfigurationPlace) {
        let forms = "expected ${env:NAME}, ${file:/path}, ${credential:name} or ${exec:/path}"
        switch refusal {
        case .notTheWholeValue: problems.error(place, "a reference ${…} must be the whole value of key", otherwise: forms)
        case .notClosed: problems.error(place, "the reference is not closed with }", otherwise: forms)
        case .noScheme(let meant):
            problems.error(place, "the reference does not say where the key is", meant: meant, otherwise: forms)
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
    func words(for problem: SecretProblem, of source: SecretReference.Source) -> String {
        guard case .unreadable(let path, let why) = problem else { return located(problem.words, source) }
        return "\(shown(path)) \(why.words)"
    }

    /// With the file's path behind "the key", where it was read from one: the place alone leads to a reference.
    private func located(_ words: String, _ source: SecretReference.Source) -> String {
        let subject = "the key "
        guard words.hasPrefix(subject), let file = try? resolver.file(of: source), !file.isEmpty else { return words }
        return "the key in \(shown(file)) " + words.dropFirst(subject.count)
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
    fileprivate var advice: String? {
        switch self {
        case .variableNotSet: "set it for the process that runs the gateway"
        case .surroundingSpace: "remove it"
        case .commandsNotAllowed: "write that at the top level if commands are meant to run"
        case .blank: "set the key, or remove the account"
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
