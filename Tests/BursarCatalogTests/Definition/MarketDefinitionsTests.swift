import BursarModel
import Testing

@testable import BursarCatalog

/// Six definitions that have nothing in common but a balance: what the mapping must be able to say.
@Suite struct MarketDefinitionsTests {
    private func definition(_ name: String) throws -> ProviderDefinition { try Catalog.builtIn(name) }

    @Test func `DeepSeek: an array, the unit from the body, an order that is ours`() throws {
        let deepseek = try definition("deepseek")
        func element(_ currency: String, _ total: String) -> String {
            #"{"currency":"\#(currency)","total_balance":"\#(total)","granted_balance":"10.00","topped_up_balance":"100.005"}"#
        }
        func body(_ elements: [String], available: Bool = true) -> String {
            #"{"is_available":\#(available),"balance_infos":[\#(elements.joined(separator: ","))]}"#
        }
        let both = [
            "available 3.50 USD", "total 110.005 USD", "available 110.00 CNY", "total 110.005 CNY"
        ]
        #expect(deepseek.amounts(body([element("CNY", "110.00"), element("USD", "3.50")])) == both)
        #expect(deepseek.amounts(body([element("USD", "3.50"), element("CNY", "110.00")])) == both)
        #expect(deepseek.reading(body([element("CNY", "1")]))?.providerSaysLow == false)
        #expect(deepseek.reading(body([element("CNY", "1")], available: false))?.providerSaysLow == true)
        // No wallets are no amounts and no failure, and a figure that is told twice is not known (C10).
        #expect(deepseek.amounts(body([])) == [])
        let twice = deepseek.reading(body([element("CNY", "1"), element("CNY", "2"), element("USD", "3")]))
        #expect(twice?.amounts.map(\.words) == ["available 3 USD", "total 110.005 USD"])
        #expect(twice?.drift.first == "two available amounts have one unit: neither is told")
        #expect(
            deepseek.failure(body([element("EUR", "1")]))?.reason == "balance_infos[0].currency is none of the documented values")
        #expect(deepseek.unitNames == ["USD", "CNY"])
        #expect(deepseek.places.firstAmount == [.key("balance_infos"), .index(0), .key("total_balance")])
        #expect(deepseek.environmentVariables == ["DEEPSEEK_API_KEY"])
    }

    @Test func `OpenRouter: a difference, exactly`() throws {
        let openrouter = try definition("openrouter")
        #expect(
            openrouter.amounts(#"{"data":{"total_credits":100.5,"total_usage":25.75}}"#) == [
                "available 74.75 USD", "granted 100.5 USD"
            ])
        // 0.1 + 0.2 and the like: no binary float would give this.
        #expect(openrouter.amounts(#"{"data":{"total_credits":0.3,"total_usage":0.1}}"#)?.first == "available 0.2 USD")
        #expect(openrouter.failure(#"{"error":{"code":401,"message":"gone"}}"#)?.code == .unauthorized)
        let reply = try #require(openrouter.errorReply(status: 404, message: "gone"))
        #expect(String(decoding: reply.body, as: UTF8.self) == #"{"error":{"code":404,"message":"gone"}}"#)
    }

    @Test func `Novita: a scale`() throws {
        let novita = try definition("novita")
        #expect(
            novita.amounts(#"{"availableBalance":"1000000","pendingCharges":"5"}"#) == [
                "available 100.0000 USD", "reserved 0.0005 USD"
            ])
    }

    @Test func `fal: a prefix and a fixed query`() throws {
        let fal = try definition("fal")
        #expect(fal.target(parameters: [:]) == "/v1/account/billing?expand=credits")
        #expect(fal.auth.headerValue(for: Secret("abc")) == "Key abc")
        #expect(fal.amounts(#"{"username":"x","credits":{"current_balance":24.5,"currency":"USD"}}"#) == ["available 24.5 USD"])
        #expect(fal.amounts(#"{"credits":{"current_balance":24.5,"currency":"usd"}}"#) == ["available 24.5 USD"])
        let strange = fal.failure(#"{"credits":{"current_balance":24.5,"currency":"not a unit"}}"#)
        #expect(strange?.reason == "currency is no currency")
        #expect(fal.environmentVariables == ["FAL_KEY"])
    }

    @Test func `ElevenLabs: the cap of a period, and an overage that is a number or a word`() throws {
        let elevenlabs = try definition("elevenlabs")
        func body(_ overage: String) -> String {
            #"{"character_count":10,"character_limit":100,"max_credit_limit_extension":\#(overage)}"#
        }
        let own = ["available 90 characters", "used 10 characters", "limit 100 characters"]
        #expect(elevenlabs.amounts(body("50")) == own + ["limit 50 characters"])
        // Without a limit beyond the limit the row's own amount is what it was.
        let open = try #require(elevenlabs.reading(body(#""unlimited""#)))
        #expect(open.amounts.map(\.words) == own && open.available?.words == own[0])
        #expect(open.providerSaysLow == nil)
        #expect(elevenlabs.failure(body(#""lots""#))?.code == .invalidResponse)
        #expect(elevenlabs.failure(#"{"character_count":10,"character_limit":"unlimited"}"#)?.code == .invalidResponse)
    }

    @Test func `Tripo: success is a code of 0, and other codes have classes`() throws {
        let tripo = try definition("tripo")
        #expect(tripo.path == "/v2/openapi/user/balance")
        #expect(
            tripo.amounts(#"{"code":0,"data":{"balance":100.5,"frozen":10.0}}"#) == [
                "available 100.5 credits", "reserved 10.0 credits", "total 110.5 credits"
            ])
        #expect(tripo.failure(#"{"code":1002,"message":"Authentication failed"}"#)?.code == .unauthorized)
        #expect(tripo.failure(#"{"code":2000,"message":"x"}"#, status: 400)?.code == .rateLimited)
        #expect(tripo.failure(#"{"code":7,"message":"x"}"#)?.code == .upstreamError)
        #expect(tripo.failure(#"{"code":7,"message":"x"}"#, status: 500)?.documented == true)
        #expect(tripo.places.code == [.key("code")])
    }
}
