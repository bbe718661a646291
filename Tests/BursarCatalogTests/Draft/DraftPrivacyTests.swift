import BursarModel
import Testing

@testable import BursarCatalog

/// A draft is shown to others: what a person or a key has in the answer is not in the file, in whatever place it stands.
@Suite struct DraftPrivacyTests {
    private func draft(_ answer: String) throws -> String {
        let id = try #require(ProviderID("acme"))
        let file = DefinitionFile(path: "answer.json", bytes: Array(answer.utf8))
        return try DefinitionDraft(id, from: file, path: nil, today: "2026-11-27").text
    }

    /// What the answer comes to, as `bursar check` reads the draft.
    private func amounts(_ draft: String, _ answer: String) throws -> [String]? {
        #expect(Catalog.problems(draft).map(\.description) == [])
        return try Catalog.single(draft).amounts(answer)
    }

    private static let unnamed =
        "  # these look private too, and no path can name them: callers of the provider's route see them\n"

    @Test(arguments: [
        (#"{"orgs": [{"members": [{"email": "S3"}]}], "balance": 1}"#, "orgs[].members[].email"),
        (#"[{"email": "S3", "balance": 1}]"#, "[].email"),
        (#"{"list": [{"the phone": "S3"}], "balance": 1}"#, "list[].the phone"),
        (#"{"members": {"S3@corp.example": {"credits": 7}}, "balance": 1}"#, "members.(names such as a@b)")
    ])
    func `what no path can name is struck out all the same, and a comment says so`(answer: String, way: String) throws {
        let text = try draft(answer)
        #expect(try amounts(text, answer) == ["available 1 credits"])
        #expect(!text.contains("S3"))
        #expect(!text.contains("  private: "))
        #expect(text.contains(Self.unnamed + "  #   \(way)\n"))
    }

    @Test func `a name with a dot or a space is looked below, and a pointer names it`() throws {
        let answer = #"{"owner.email": "S3", "user info": {"a/b~": {"phone": "S3"}}, "balance": 1}"#
        let text = try draft(answer)
        #expect(try amounts(text, answer) == ["available 1 credits"])
        #expect(!text.contains("S3"))
        #expect(text.contains(#"  private: ["/owner.email", "/user info/a~1b~0/phone"]  # guessed"#))
        #expect(!text.contains(Self.unnamed))
    }

    @Test func `nothing stands too deep or too far behind to be struck out`() throws {
        let deep = String(repeating: #"{"a": "#, count: 20) + #"{"token": "S3"}"# + String(repeating: "}", count: 20)
        let figures = (0..<300).map { #""figure\#($0)": \#($0)"# }.joined(separator: ", ")
        let long = String(repeating: "x", count: 300)
        let answer = #"{"balance": 1, \#(figures), "deep": \#(deep), "\#(long)": {"phone": "S3"}, "last": {"secret": "S3"}}"#
        let text = try draft(answer)
        #expect(try amounts(text, answer) == ["available 1 credits"])
        #expect(!text.contains("S3"))
        let way = "deep." + String(repeating: "a.", count: 20) + "token"
        #expect(text.contains(#"  private: ["\#(way)", "last.secret"]  # guessed"#))
        #expect(text.contains(Self.unnamed + "  #   and 1 more\n"))
    }

    @Test func `a number is struck out where its name is a person's, and is no figure`() throws {
        let answer = """
            {"phone": 4915112345678, "credit_card": 4111111111111111, "phones": [4915112345678], "balance": 5,
            "usage": {"phone": 4915112345678}}
            """
        let text = try draft(answer)
        #expect(try amounts(text, answer) == ["available 5 credits"])
        #expect(!text.contains("4915112345678"))
        #expect(!text.contains("4111111111111111"))
        #expect(text.contains(#"  private: ["phone", "credit_card", "phones[]", "usage.phone"]  # guessed"#))
        #expect(text.contains(#""phone":0,"#))
        #expect(!text.contains("phone?"))
    }

    @Test(arguments: [
        "apikey", "APIKey", "accessKey", "api_key", "key", "keys", "emails", "user_email", "cellphone", "full_name", "firstName"
    ])
    func `names of persons and keys are known in each spelling`(name: String) throws {
        for value in [#""S3""#, #"["S3"]"#, #"[{"value": "S3"}]"#] {
            let answer = #"{"\#(name)": \#(value), "balance": 1}"#
            let text = try draft(answer)
            #expect(try amounts(text, answer) == ["available 1 credits"])
            #expect(!text.contains("S3"), "\(answer)")
        }
    }

    @Test func `a text that is a mail address is struck out whatever its name is`() throws {
        let answer = #"{"login": "jane@corp.example", "balance": 1}"#
        let text = try draft(answer)
        #expect(try amounts(text, answer) == ["available 1 credits"])
        #expect(!text.contains("jane"))
        #expect(text.contains(#"  private: ["login"]  # guessed"#))
    }

    /// The names of real answers.
    @Test(arguments: [
        (#"{"data": {"key": {"label": "S3", "allowance": {"remaining_usd": "12.50"}}}}"#, "available 12.50 USD"),
        (#"{"api_key": {"name": "S3", "limit": 5}}"#, "limit 5 credits"),
        (#"{"api_key": {"name": "S3", "limit": "5.00", "currency": "EUR"}}"#, "limit 5.00 EUR"),
        (#"{"token": {"remaining_credits": 99.4, "value": "S3"}}"#, "available 99.4 credits"),
        (#"{"key": "S3", "api_key_character_limit": 1000000000000}"#, "limit 1000000000000 characters"),
        (#"{"email": "S3", "emails": 40}"#, "available 40 credits"), (#"{"totalMobile": 15}"#, "granted 15 credits"),
        (#"{"credits": {"phone": 20}}"#, "available 20 credits"), (#"{"card_balance": "25.00"}"#, "available 25.00 credits")
    ])
    func `the balance of a key, a card or a telephone stays`(answer: String, line: String) throws {
        let text = try draft(answer)
        #expect(try amounts(text, answer) == [line])
        #expect(!text.contains("S3"))
    }

    @Test func `what the mapping reads is not private, whatever another element has there`() throws {
        let answer = #"{"rows": [{"key": {"balance": 5}}, {"key": "S3"}]}"#
        let text = try draft(answer)
        #expect(try amounts(text, #"{"rows": [{"key": {"balance": 7}}]}"#) == ["available 7 credits"])
        #expect(!text.contains("S3"))
        #expect(text.contains(Self.unnamed + "  #   rows[].key\n"))
    }
}
