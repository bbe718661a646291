import BursarModel
import Testing

@testable import BursarCatalog

/// Rows that came out wrong when definitions were first written from the guide alone: each gives the right figure now.
@Suite struct WrongRowsTests {
    private func own(_ name: String, _ body: String) throws -> Amount? { try Catalog.builtIn(name).reading(body)?.available }

    @Test func `kling: a pack that has expired is not counted`() throws {
        let body = #"""
            {"code":0,"data":{"code":0,"resource_pack_subscribe_infos":[
            {"total_quantity":200.0,"remaining_quantity":118.0,"status":"expired"},
            {"total_quantity":30.0,"remaining_quantity":25.5,"status":"online"}]}}
            """#
        #expect(try own("kling", body)?.words == "available 25.5 units")
        // The inner code is looked at although the outer one says that all is well.
        let limited = #"{"code":0,"data":{"code":1303,"msg":"Too many requests"}}"#
        #expect(try Catalog.builtIn("kling").failure(limited)?.code == .rateLimited)
    }

    @Test func `heygen: seconds are told as credits`() throws {
        #expect(try own("heygen", #"{"error":null,"data":{"remaining_quota":450}}"#)?.words == "available 7.5 credits")
        #expect(try own("heygen", #"{"error":null,"data":{"remaining_quota":100}}"#)?.words == "available 1.66 credits")
    }

    @Test func `deepgram: what is told in hours is not added to money, in whatever case the currency is written`() throws {
        let body = #"""
            {"balances":[{"balance_id":"a","amount":104.56822227,"units":"usd"},{"balance_id":"b","amount":200,"units":"USD"},
            {"balance_id":"c","amount":3,"units":"hour"}]}
            """#
        #expect(try Catalog.builtIn("deepgram").amounts(body) == ["available 304.56822227 USD", "available 3 hours"])
        #expect(try own("deepgram", body)?.words == "available 304.56822227 USD")
    }

    @Test func `twilio: a sub-account, whose balance is null, is a calm row`() throws {
        let twilio = try Catalog.builtIn("twilio")
        #expect(twilio.amounts(#"{"account_sid":"AC2","balance":null,"currency":null}"#) == [])
        #expect(twilio.amounts(#"{"account_sid":"AC1","balance":"0.05","currency":"usd"}"#) == ["available 0.05 USD"])
        #expect(twilio.failure(#"{"account_sid":"AC1","balance":"1,234.05","currency":"USD"}"#)?.code == .invalidResponse)
    }

    @Test func `openrouter-key: without a cap the row's own amount is unknown, and no other figure stands in for it`() throws {
        let body = #"{"data":{"label":"l","limit":100,"limit_remaining":null,"usage":25.5}}"#
        let reading = try #require(try Catalog.builtIn("openrouter-key").reading(body))
        #expect(reading.available == nil)
        #expect(reading.providerSaysLow == false)
        #expect(reading.amounts.map(\.words) == ["used 25.5 USD", "limit 100 USD"])
    }

    @Test func `venice: the row's own amount is that of the currency in use`() throws {
        let body = #"""
            {"canConsume":true,"consumptionCurrency":"USD","balances":{"diem":null,"usd":25.50},"diemEpochAllocation":100}
            """#
        #expect(try own("venice", body)?.words == "available 25.50 USD")
        let bundled = body.replacing(#""USD","#, with: #""BUNDLED_CREDITS","#)
        #expect(try own("venice", bundled) == nil)
    }

    @Test func `deepl: a number that says no limit is no figure, and the least of the account and the key is what can be spent`()
        throws
    {
        func body(_ account: String, _ key: String) -> String {
            #"{"character_count":73400,"character_limit":\#(account),"#
                + #""api_key_character_count":45636,"api_key_character_limit":\#(key)}"#
        }
        let open = "1000000000000"
        let capped = try #require(try Catalog.builtIn("deepl").reading(body(open, "50000")))
        // What the key may still spend is all that can be spent with it.
        #expect(capped.available?.words == "available 4364 characters")
        let key = capped.amounts.filter { $0.part?.name == "key" }.map(\.words)
        #expect(key == ["available 4364 characters", "used 45636 characters", "limit 50000 characters"])
        #expect(try own("deepl", body("500000", open))?.words == "available 426600 characters")
        #expect(try own("deepl", body("80000", "500000"))?.words == "available 6600 characters")
        #expect(try own("deepl", #"{"character_count":73400,"character_limit":500000}"#)?.words == "available 426600 characters")
        #expect(try Catalog.builtIn("deepl").reading(body(open, open))?.amounts.allSatisfy { $0.kind == .used } == true)
    }

    @Test(arguments: [("sunoapi", 429), ("kie", 402)])
    func `out of credits is a code in the body, and no status that anything in between may send`(name: String, code: Int) throws {
        let definition = try Catalog.builtIn(name)
        for status in [200, code] {
            let out = try #require(definition.reading(#"{"code":\#(code),"msg":"no credits","data":null}"#, status: status))
            #expect(out.amounts.map(\.words) == ["available 0 credits"] && out.providerSaysLow == true)
        }
        let stray = definition.failure(#"{"message":"slow down"}"#, status: code)?.code
        #expect(stray == (code == 429 ? .rateLimited : .upstreamError))
    }

    @Test func `deepinfra: what is not billed yet is not there to spend`() throws {
        #expect(try own("deepinfra", #"{"stripe_balance":-12.5,"recent":13}"#)?.words == "available -0.5 USD")
        #expect(try own("deepinfra", #"{"stripe_balance":-12.5,"recent":null}"#)?.words == "available 12.5 USD")
    }

    @Test func `linode: a promotion that runs is in the row, one that has ended is not`() throws {
        func body(_ end: String) -> String {
            #"{"balance":0,"balance_uninvoiced":3.2,"active_promotions":[{"credit_remaining":"100.00","expire_dt":"\#(end)"}]}"#
        }
        #expect(try own("linode", body("2099-01-01T00:00:00"))?.words == "available 96.80 USD")
        #expect(try own("linode", body("2001-01-01T00:00:00"))?.words == "available -3.2 USD")
    }

    @Test func `v0: what is bought on demand is in the row, and messages are no dollars`() throws {
        let token = #"{"billingType":"token","data":{"balance":{"remaining":0,"total":20},"onDemand":{"balance":10}}}"#
        #expect(try own("v0", token)?.words == "available 10 USD")
        #expect(try own("v0", #"{"billingType":"legacy","data":{"remaining":3,"limit":10}}"#)?.words == "available 3 messages")
        #expect(try own("v0", #"{"billingType":"legacy","data":{"limit":10}}"#) == nil)
    }

    @Test func `prospeo: an error in a 200 is told by its code, and a limit is no refused key`() throws {
        let prospeo = try Catalog.builtIn("prospeo")
        #expect(prospeo.failure(#"{"error":true,"error_code":"INVALID_API_KEY"}"#)?.code == .unauthorized)
        #expect(prospeo.failure(#"{"error":true,"error_code":"RATE_LIMITED"}"#, status: 429)?.code == .rateLimited)
        #expect(prospeo.failure(#"{"error":true}"#)?.code == .upstreamError)
    }

    @Test(arguments: [
        ("convertapi", #"{"Secret":"the-key","ApiKey":1,"ConversionsTotal":5,"ConversionsConsumed":1}"#),
        ("vast", #"{"credit":1,"api_key":"the-key","sid":"the-key"}"#)
    ])
    func `a key that stands in an answer is not kept`(name: String, body: String) throws {
        let reading = try #require(try Catalog.builtIn(name).reading(body))
        #expect(!String(decoding: reading.reply.body, as: UTF8.self).contains("the-key"))
    }
}
