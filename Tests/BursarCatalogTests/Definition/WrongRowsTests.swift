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
}
