import Testing

@testable import BursarGateway

@Suite struct RouteTests {
    @Test func `each documented path has its route`() {
        #expect(Route(path: "/v1/balances") == .balances(provider: nil, account: nil))
        #expect(Route(path: "/v1/balances/sunor") == .balances(provider: "sunor", account: nil))
        #expect(Route(path: "/v1/balances/sunor/main") == .balances(provider: "sunor", account: "main"))
        #expect(Route(path: "/livez") == .live)
        #expect(Route(path: "/") == .page("/"))
        #expect(
            Route(path: "/providers/tensorpix/api/accounts/profile/balance/")
                == .provider(name: "tensorpix", account: nil, documentedPath: "/api/accounts/profile/balance/"))
        #expect(
            Route(path: "/providers/hyper3d@studio/api/v2/check_balance")
                == .provider(name: "hyper3d", account: "studio", documentedPath: "/api/v2/check_balance"))
    }

    @Test func `an at sign may come escaped`() {
        #expect(
            Route(path: "/providers/hyper3d%40studio/x") == .provider(name: "hyper3d", account: "studio", documentedPath: "/x"))
    }

    @Test(arguments: [
        "/v1/balances/", "/v1/balances/a/b/c", "/v1/balances//x", "/providers/", "/providers/@x/y", "/providers/a@/y",
        "/providers/a%2Fb/c", "/providers/%zz", "/v1/balances/%00", "/v1/balances/%ff", "/providers/a%4"
    ])
    func `a path that is none of ours has no route`(path: String) {
        #expect(Route(path: path) == nil)
    }

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
        #expect(query.providers == ["a", "b", "c"])
        #expect(query.required == ["a/x"])
        #expect(!query.isPretty)
        for text in ["providers=a", "provider=a,,b", "provider=", "pretty=maybe"] {
            let parameters = try #require(Query(text))
            #expect(throws: BalancesQuery.Refusal.self) { try BalancesQuery(parameters) }
        }
    }

    @Test func `a credential in a query is seen in any case`() {
        #expect(Query("API_KEY=x")?.carriesCredential == true)
        #expect(Query("provider=x&access_token=y")?.carriesCredential == true)
        #expect(Query("provider=x")?.carriesCredential == false)
    }
}
