import BursarModel
import Testing

@Suite struct NamesTests {
    @Test(arguments: ["a", "tensorpix", "a-1", String(repeating: "a", count: 32)])
    func `a provider's id is short, lower case and begins with a letter`(name: String) {
        #expect(ProviderID(name)?.name == name)
    }

    @Test(arguments: ["", "1a", "-a", "A", "a_b", "a.b", "a/b", "é", "a b", String(repeating: "a", count: 33)])
    func `other text is no provider's id`(name: String) {
        #expect(ProviderID(name) == nil)
    }

    @Test(arguments: ["main", "1", "A.b_c-d", String(repeating: "x", count: 64)])
    func `an account's name stands in URLs as it is`(name: String) {
        #expect(AccountName(name)?.name == name)
    }

    @Test(arguments: ["", ".", "..", "-a", "_a", "a/b", "a%b", "a b", "ü", "a@b", String(repeating: "x", count: 65)])
    func `other text is no account's name`(name: String) {
        #expect(AccountName(name) == nil)
    }

    @Test func `accounts are named and sorted by provider first`() throws {
        let ids = try [("b", "a"), ("a", "z"), ("a", "b")].map {
            AccountID(provider: try #require(ProviderID($0.0)), account: try #require(AccountName($0.1)))
        }
        #expect(ids.sorted().map(\.description) == ["a/b", "a/z", "b/a"])
        #expect(AccountName.default.name == "default")
    }

    @Test func `a credential key is compared in full and shows nothing`() throws {
        let digest = [UInt8](0..<32)
        let key = try #require(CredentialKey(digest: digest))
        #expect(key.bytes == digest)
        for index in digest.indices {
            var other = digest
            other[index] ^= 1
            #expect(CredentialKey(digest: other) != key)
        }
        #expect(CredentialKey(digest: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(CredentialKey(digest: [UInt8](repeating: 0, count: 33)) == nil)
        #expect("\(key)" == "CredentialKey(…)")
    }
}
