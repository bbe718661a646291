import BursarModel
import Testing

@testable import BursarCatalog

/// Every built-in definition against its provider's page and the odd shapes seen beside it.
@Suite struct BuiltInProvidersTests {
    @Test(arguments: ["deepixels", "tensorpix", "legnext", "sunor", "hyper3d"])
    func `every documented example is judged as documented`(name: String) throws {
        let definition = try Catalog.builtIn(name)
        for response in definition.responses {
            let status = try #require(response.status)
            #expect(!response.examples.isEmpty, "\(name) \(response.key)")
            for example in response.examples {
                switch definition.evaluate(status: status, contentType: response.mediaType, body: example) {
                case .reading(let reading):
                    #expect((200..<300).contains(status))
                    #expect(reading.reply == UpstreamReply(status: status, contentType: response.mediaType, body: example))
                case .failure(let failure):
                    #expect(!(200..<300).contains(status))
                    #expect(failure.documented)
                    #expect(failure.effectiveStatus == status)
                }
            }
        }
    }

    @Test(arguments: ["deepixels", "tensorpix", "legnext", "sunor", "hyper3d"])
    func `our own words fit the documented shape of every error`(name: String) throws {
        let definition = try Catalog.builtIn(name)
        for response in definition.responses {
            let status = try #require(response.status)
            guard status >= 400 else { continue }
            let reply = try #require(definition.errorReply(status: status, message: "Bursar's \"own\" words"))
            #expect(reply.status == status)
            #expect(reply.contentType == "application/json")
            #expect(String(decoding: reply.body, as: UTF8.self).contains(#"Bursar's \"own\" words"#))
            #expect(definition.failure(String(decoding: reply.body, as: UTF8.self), status: status)?.documented == true)
        }
        #expect(definition.errorReply(status: 418, message: "x") == nil)
        #expect(definition.errorReply(status: 200, message: "x") == nil)
    }

    private static let names = ["deepixels", "tensorpix", "legnext", "sunor", "hyper3d"]

    @Test func `routes, auth, variables and units are the documented ones`() throws {
        let expected = [
            "deepixels: https://api.deepixels.co/v1/account/balance x-api-key: KEY [DEEPIXELS_API_KEY] credits",
            "tensorpix: https://backend.tensorpix.ai/api/accounts/profile/balance/ Authorization: Token KEY [TENSORPIX_API_KEY] USD",
            "legnext: https://api.legnext.ai/api/account/balance x-api-key: KEY [LEGNEXT_API_KEY] USD,credits,points",
            "sunor: https://sunor.cc/api/v1/account/balance x-api-key: KEY [SUNOR_API_KEY] credits",
            "hyper3d: https://api.hyper3d.com/api/v2/check_balance Authorization: Bearer KEY [HYPER3D_API_KEY,RODIN_API_KEY] credits"
        ]
        let found = try Self.names.map { name in
            let definition = try Catalog.builtIn(name)
            let value = definition.auth.headerValue(for: Secret("KEY")) ?? ""
            return "\(definition.id): \(definition.origin)\(definition.path) \(definition.auth.displayName): \(value) "
                + "[\(definition.environmentVariables.joined(separator: ","))] \(definition.unitNames.joined(separator: ","))"
        }
        #expect(found == expected)
        for name in Self.names {
            let definition = try Catalog.builtIn(name)
            #expect(definition.target(parameters: [:]) == definition.path)
        }
        #expect(try Catalog.builtIn("sunor").budget == CallLimit(calls: 12, window: .seconds(60)))
        #expect(try Catalog.builtIn("tensorpix").budget == nil)
    }

    /// Deepixels has none on purpose: its balance is read, and nobody is sent to its pages.
    @Test(arguments: names.dropFirst()) func `an alert can say where the page about the balance is`(name: String) throws {
        #expect(try Catalog.builtIn(name).documentationURL != nil)
    }

    // MARK: - One by one

    @Test func `Deepixels: a 400 means the key`() throws {
        let deepixels = try Catalog.builtIn("deepixels")
        #expect(deepixels.amounts(#"{"email":"a@b.c","balance":1250.50}"#) == ["available 1250.50 credits"])
        #expect(deepixels.failure(#"{"status":"error","message":"no"}"#, status: 400)?.code == .unauthorized)
        #expect(deepixels.failure("{}", status: 401)?.code == .unauthorized)
        #expect(deepixels.failure("{}", status: 429)?.code == .rateLimited)
        #expect(deepixels.failure("{}", status: 429)?.documented == false)
        #expect(deepixels.failure("{}", status: 500)?.code == .upstreamError)
        #expect(deepixels.failure(#"{"email":"a@b.c"}"#)?.reason == "balance is missing")
        #expect(deepixels.failure(#"{"balance":"12"}"#)?.reason == "balance is string where number is documented")
        #expect(deepixels.failure(#"{"balance":null}"#)?.code == .invalidResponse)
        #expect(deepixels.documentationURL == nil)
    }

    @Test(arguments: ["12.3400", "-0.5", "0", "9999999999.9999", ".5", "5.", "-12"])
    func `TensorPix: every number of the pattern is read`(text: String) throws {
        let value = try #require(ExactDecimal(text))
        #expect(try Catalog.builtIn("tensorpix").amounts("{\"balance_usd\":\"\(text)\"}") == ["available \(value) USD"])
    }

    @Test(arguments: [#""""#, #""-""#, #"".""#, #""-.""#, #""12,5""#, #""1e3""#, #"" 1""#, #""12.34567""#, "12.34", "null", "[]"])
    func `TensorPix: what the pattern admits beside numbers is malformed`(text: String) throws {
        #expect(try Catalog.builtIn("tensorpix").failure("{\"balance_usd\":\(text)}")?.code == .invalidResponse)
    }

    @Test func `TensorPix: the framework's errors`() throws {
        let tensorpix = try Catalog.builtIn("tensorpix")
        let throttled = tensorpix.failure(#"{"detail":"Request was throttled. Expected available in 17 seconds."}"#, status: 429)
        #expect(throttled == EvaluatedFailure(code: .rateLimited, upstreamStatus: 429, reason: "status 429", documented: true))
        #expect(tensorpix.failure(#"{"detail":"Invalid token."}"#, status: 401)?.code == .unauthorized)
        #expect(tensorpix.failure(#"{"detail":"No."}"#, status: 403)?.code == .forbidden)
        let page = tensorpix.failure("<html><body>Server Error (500)</body></html>", status: 500)
        #expect(page == EvaluatedFailure(code: .upstreamError, upstreamStatus: 500, reason: "status 500", documented: false))
        #expect(tensorpix.failure("<html></html>")?.reason == "the body is not JSON: an unexpected character at byte 0")
    }

    @Test func `Legnext: the envelope and the bare object say the same`() throws {
        let legnext = try Catalog.builtIn("legnext")
        let data =
            #"{"account_id":1,"balance_usd":72.048,"available_credits":71000,"available_points":1048,"alert_threshold":10,"#
            + #""low_balance_alert":true,"updated_at":"2025-11-05T08:22:37.784663288Z"}"#
        let amounts = ["available 72.048 USD", "available 71000 credits", "available 1048 points"]
        for body in [
            data, #"{"code":200,"data":\#(data),"message":"success"}"#, #"{"code":200,"error":{"code":0},"data":\#(data)}"#
        ] {
            let reading = try #require(legnext.reading(body))
            #expect(reading.amounts.map(\.words) == amounts)
            #expect(reading.providerSaysLow == true)
            #expect(reading.asOf?.rfc3339 == "2025-11-05T08:22:37.784Z")
        }
    }

    @Test func `Legnext: older samples lack the alert, and an unset time is none`() throws {
        let legnext = try Catalog.builtIn("legnext")
        let older =
            #"{"code":200,"data":{"account_id":1,"balance_usd":0.5,"available_credits":1,"available_points":2},"message":"success"}"#
        let reading = try #require(legnext.reading(older))
        #expect(reading.providerSaysLow == nil)
        #expect(reading.asOf == nil)
        let unset = older.replacing(#""account_id":1"#, with: #""updated_at":"0001-01-01T00:00:00Z","low_balance_alert":null"#)
        #expect(legnext.reading(unset)?.asOf == nil)
        #expect(legnext.reading(unset)?.providerSaysLow == nil)
    }

    @Test(arguments: [
        (#"{"balance_usd":1.5}"#, ": in the nearest one, available_credits is missing"),
        (
            #"{"code":200,"data":{"balance_usd":1.5,"available_credits":1}}"#,
            ": in the nearest one, data.available_points is missing"
        ),
        (#"{"wallet":{}}"#, ""), ("[]", "")
    ]) func `Legnext: of an answer in neither shape the nearer one's lack is told`(body: String, words: String) throws {
        let failure = try Catalog.builtIn("legnext").failure(body)
        #expect(failure?.reason == "the body has none of the documented shapes" + words)
    }

    @Test func `Legnext: errors inside a 2xx are classed by their code`() throws {
        let legnext = try Catalog.builtIn("legnext")
        let flat = legnext.failure(#"{"code":503,"message":"busy"}"#)
        #expect(
            flat
                == EvaluatedFailure(
                    code: .upstreamError, upstreamStatus: 200, carriedStatus: 503, reason: "code reports 503", documented: true))
        #expect(legnext.failure(#"{"code":429,"message":"slow down"}"#)?.code == .rateLimited)
        #expect(legnext.failure(#"{"error":{"code":401,"message":"key"}}"#)?.code == .unauthorized)
        #expect(legnext.failure(#"{"error":{"code":401,"message":"key"}}"#)?.effectiveStatus == 401)
        #expect(legnext.failure(#"{"code":403,"data":{}}"#)?.documented == false)
        #expect(legnext.failure(#"{"code":1,"message":"?"}"#)?.code == .upstreamError)
        #expect(legnext.failure(#"{"code":1,"message":"?"}"#)?.carriedStatus == nil)
        #expect(legnext.failure(#"{"code":200,"data":null,"message":"success"}"#)?.code == .invalidResponse)
        #expect(legnext.failure(#"{"error":{"code":400,"message":"x"}}"#, status: 400)?.documented == true)
    }

    @Test func `Sunor: total may be absent, and is then the documented sum`() throws {
        let sunor = try Catalog.builtIn("sunor")
        let page = #"{"code":200,"data":{"available":950,"frozen":10,"total":960}}"#
        #expect(sunor.amounts(page) == ["available 950 credits", "reserved 10 credits", "total 960 credits"])
        let without = #"{"code":200,"data":{"available":950.25,"frozen":10.5}}"#
        #expect(sunor.amounts(without) == ["available 950.25 credits", "reserved 10.5 credits", "total 960.75 credits"])
        #expect(sunor.amounts(#"{"code":200,"data":{"available":1,"frozen":2,"total":null}}"#)?.last == "total 3 credits")
        #expect(sunor.failure(#"{"code":200,"data":{"available":950}}"#)?.reason == "data.frozen is missing")
        #expect(sunor.failure(#"{"data":{"available":950,"frozen":1}}"#)?.reason == "code is missing")
        #expect(sunor.failure(#"{"code":"200","data":{"available":950,"frozen":1}}"#)?.code == .invalidResponse)
        #expect(sunor.failure(#"{"code":429,"message":"Rate limit exceeded. Try again in 30 seconds."}"#)?.code == .rateLimited)
        #expect(sunor.failure(#"{"code":402,"message":"x"}"#, status: 402)?.code == .upstreamError)
    }

    @Test func `Hyper3D: 200 and 201 are successes, and an error in them is none`() throws {
        let hyper3d = try Catalog.builtIn("hyper3d")
        for status in [200, 201] {
            #expect(hyper3d.amounts(#"{"balance":97.5}"#, status: status) == ["available 97.5 credits"])
            #expect(hyper3d.amounts(#"{"error":null,"message":null,"balance":5}"#, status: status) == ["available 5 credits"])
            let failure = try #require(hyper3d.failure(#"{"error":"API_INSUFFICIENT_FUNDS","balance":5}"#, status: status))
            #expect(failure.code == .upstreamError)
            #expect(failure.reason == "error reports an error")
            #expect(hyper3d.failure(#"{"error":{"code":"X"},"balance":5}"#, status: status)?.code == .upstreamError)
        }
        #expect(hyper3d.failure(#"{"balance":1}"#, status: 202)?.reason == "status 202 is not documented")
        #expect(hyper3d.failure("Bad Gateway", status: 502)?.documented == false)
    }

    @Test func `the mocks find their numbers`() throws {
        let places = try Self.names.map { try Catalog.builtIn($0).places }
        #expect(
            places.map(\.firstAmount) == [
                [.key("balance")], [.key("balance_usd")], [.key("data"), .key("balance_usd")], [.key("data"), .key("available")],
                [.key("balance")]
            ])
        #expect(places[2].lowFlag == [.key("data"), .key("low_balance_alert")])
        #expect(places.map(\.code) == [nil, nil, [.key("code")], [.key("code")], nil])
    }
}

extension String {
    func replacing(_ text: String, with other: String) -> String {
        guard let range = range(of: text) else { return self }
        return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }

    private func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
