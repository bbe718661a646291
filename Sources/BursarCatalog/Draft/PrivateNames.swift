import BursarModel

/// Whether the names on the way to a value say that it is a person's, or a secret. *Value.* Pure. A guess: rather too
/// wide than too narrow.
struct PrivateNames: Sendable {
    /// The words of the last name.
    private var own: Set<String> = []
    /// Those of the name above it.
    private var above: Set<String> = []
    /// Whether the last name is such a name itself, and not only one above it.
    private var isOwn = false
    /// Whether texts here are private, and whether numbers are.
    private var coversTexts = false
    private var coversNumbers = false

    /// How a word ends: `apikey` is a key.
    private static let things = [
        "phone", "phonenumber", "mobile", "mobilenumber", "address", "secret", "token", "password", "iban", "card", "username",
        "firstname", "lastname", "fullname"
    ]
    /// Of these only texts are private: `email: 40` counts, and the limit of a key is no secret.
    private static let textualThings = ["email", "key"]
    /// A name with one of these tells an amount, whatever else it says: `card_balance`, `phone_credits`, `token_limit`.
    private static let amounts: Set = [
        "balance", "balances", "credits", "remaining", "limit", "limits", "quota", "quotas", "allowance", "usage", "total",
        "count", "spent", "funds"
    ]
    /// A figure that is longer may be the number of a telephone or a card.
    private static let longestCount = 8

    /// For the member of that name.
    func named(_ name: String) -> PrivateNames {
        var next = self
        next.above = own
        next.own = DraftWords.words(name)
        next.isOwn = false
        next.cover(next.own)
        return next
    }

    /// For an element of the list here, which is one of what the list's name says: `emails`, `api_keys`.
    var element: PrivateNames {
        var next = self
        let plurals = own.filter { $0.hasSuffix("s") }
        next.cover(Set(plurals.flatMap { [String($0.dropLast()), String($0.dropLast(2))] }))
        return next
    }

    private mutating func cover(_ words: Set<String>) {
        guard own.isDisjoint(with: Self.amounts) else { return }
        func says(_ things: [String]) -> Bool { words.contains { word in things.contains { word.hasSuffix($0) } } }
        let isPerson = words.contains("name") && !words.isDisjoint(with: ["first", "last", "full", "user"])
        let isThing = isPerson || says(Self.things)
        guard isThing || says(Self.textualThings) else { return }
        isOwn = true
        coversTexts = true
        if isThing { coversNumbers = true }
    }

    /// Of objects and lists only what is in them is private: the balance of a key may stand below `key`.
    func isPrivate(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .array, .object: return false
        case .number(let text): return coversNumbers && !isAmount(text)
        case .string(let text):
            if Self.isAddress(text) { return true }
            guard ExactDecimal(text) == nil else { return coversTexts && !isAmount(text) }
            return !isCurrency(text) && (coversTexts || element.coversTexts)
        }
    }

    /// Whether a text, of a value or a name, looks like `jane@corp.example`. `@type` and `@scope` do not.
    static func isAddress(_ text: String) -> Bool { text.dropFirst().contains("@") }

    /// Whether a figure below such a name is an amount all the same: `credits: {phone: 20}`, `api_key: {limit: "5.00"}`.
    private func isAmount(_ figure: String) -> Bool {
        let isBelowAmount = !above.isDisjoint(with: Self.amounts)
        return isOwn ? isBelowAmount && figure.utf8.count <= Self.longestCount : isBelowAmount || DraftWords.tellAmount(own)
    }

    private func isCurrency(_ text: String) -> Bool { own.contains("currency") && DraftWords.isCurrencyCode(text) }
}
