import BursarBasics

/// A provider's id, as in routes and configuration: `tensorpix`. *Value.*
package struct ProviderID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let name: String

    /// 1…32 of `a-z 0-9 -`, beginning with a letter.
    package init?(_ name: some StringProtocol) {
        let name = String(name), bytes = name.utf8
        guard (1...32).contains(bytes.count), let first = bytes.first, (0x61...0x7A).contains(first),
            bytes.allSatisfy({ (0x61...0x7A).contains($0) || $0.isASCIIDigit || $0 == 0x2D })
        else { return nil }
        self.name = name
    }

    package var description: String { name }
    package static func < (left: ProviderID, right: ProviderID) -> Bool { left.name < right.name }
}

/// An account's name within its provider; `default` where the configuration gives none. *Value.*
package struct AccountName: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let name: String

    /// 1…64 of `A-Z a-z 0-9 . _ -`, beginning with a letter or digit: it stands in URLs and log lines as it is.
    package init?(_ name: some StringProtocol) {
        let name = String(name), bytes = name.utf8
        guard (1...64).contains(bytes.count), let first = bytes.first, first.isASCIILetter || first.isASCIIDigit,
            bytes.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D })
        else { return nil }
        self.name = name
    }

    private init(unchecked name: String) { self.name = name }

    package static let `default` = AccountName(unchecked: "default")
    package var description: String { name }
    package static func < (left: AccountName, right: AccountName) -> Bool { left.name < right.name }
}

/// `tensorpix/main`. *Value.*
package struct AccountID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let provider: ProviderID
    package let account: AccountName

    package init(provider: ProviderID, account: AccountName) {
        self.provider = provider
        self.account = account
    }

    package var description: String { "\(provider)/\(account)" }
    package static func < (left: AccountID, right: AccountID) -> Bool {
        (left.provider, left.account) < (right.provider, right.account)
    }
}

/// Names a credential of a provider without telling it: a digest, keyed with a secret of the process (or of the store), of
/// the provider, its base URL and the credential. Compared in full, because a collision would show one person another's
/// money. *Value.* It has no description that shows digest bytes.
package struct CredentialKey: Sendable, Hashable, CustomStringConvertible {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter digest: exactly 32 bytes.
    package init?(digest: some Collection<UInt8>) {
        guard digest.count == 32 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in digest.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// The digest, for the store.
    package var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }

    /// Evenly spread over all values, and the same for the same credential: to spread work by.
    package var share: UInt64 { words.0 }

    package static func == (left: CredentialKey, right: CredentialKey) -> Bool { left.words == right.words }
    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
    package var description: String { "CredentialKey(…)" }
}
