import Testing

@testable import BursarGateway

@Suite struct QueryTests {
    @Test func `a query is decoded as forms write it`() throws {
        let query = try #require(Query("provider=a%2Cb&pretty&x=1+2"))
        #expect(
            query.parameters == [
                .init(name: "provider", value: "a,b"), .init(name: "pretty", value: ""), .init(name: "x", value: "1 2")
            ])
        #expect(Query("a=%zz") == nil)
        #expect(Query("a=%ff") == nil)
        #expect(Query(nil) == .empty)
    }

    @Test func `filters merge, and what is unknown is refused`() throws {
        let query = try BalancesQuery(#require(Query("provider=a,b&provider=c&require=a/x&pretty=false")))
        #expect(query.providers?.names == ["a", "b", "c"])
        #expect(query.required.names == ["a/x"])
        #expect(!query.isPretty)
        for text in ["providers=a", "provider=a,,b", "provider=", "pretty=maybe"] {
            let parameters = try #require(Query(text))
            #expect(throws: BalancesQuery.Refusal.self) { try BalancesQuery(parameters) }
        }
    }

    @Test func `a credential in a query is seen in any case`() {
        #expect(Query.carriesCredential("API_KEY=x"))
        #expect(Query.carriesCredential("provider=x&access_token=y"))
        #expect(!Query.carriesCredential("provider=x"))
        #expect(!Query.carriesCredential(nil))
    }

    // A4: the check was skipped where the query could not be decoded.
    @Test(arguments: [
        "api_key=abcdefgh12345678&x=%FF", "x=%zz&token=a", "api%5Fkey=%FF", "%41PI_KEY", "a=bur_%FF", "bur_%zz", "x=%&a=%62ur_"
    ])
    func `A4: a credential is seen beside what cannot be read, and within it`(query: String) {
        #expect(Query.carriesCredential(query))
    }

    // A9: each repetition was a linear scan of all accounts.
    @Test func `A9: a name that is repeated counts once, and names have a bound`() throws {
        let repeated = try BalancesQuery(#require(Query(String(repeating: "provider=a,b,a&", count: 1_000))))
        #expect(repeated.providers?.names == ["a", "b"])
        let many = (0...BalancesQuery.mostNames).map { "n\($0)" }.joined(separator: ",")
        for name in ["provider", "account", "require"] {
            let query = try #require(Query("\(name)=\(many)"))
            #expect(throws: BalancesQuery.Refusal.self) { try BalancesQuery(query) }
        }
    }
}
