import BursarBasics
import BursarCatalog
import BursarEngine
import BursarModel
import TestSupport
import Testing

@testable import BursarGateway
@testable import BursarText

/// Every amount survives the whole way, digit for digit: upstream text → definition → reading → machine → rendered row → table.
@Suite struct DigitsTests {
    /// Where each definition takes its first amount from.
    private static let bodies: [(provider: String, body: @Sendable (String) -> String)] = [
        ("deepixels", { #"{"email":"a@b.c","balance":\#($0)}"# }),
        ("tensorpix", { #"{"balance_usd":"\#($0)"}"# }),
        ("legnext", { #"{"account_id":1,"balance_usd":\#($0),"available_credits":1,"available_points":2}"# }),
        ("sunor", { #"{"code":200,"data":{"available":\#($0),"frozen":1,"total":2}}"# }),
        ("hyper3d", { #"{"balance":\#($0)}"# })
    ]

    @Test func `the digits of a row are the provider's own`() throws {
        let catalog = try Catalog.builtIn()
        let seed = RandomTest.seed("digits")
        var generator = SplitMix64(seed: seed)
        let key = try #require(CredentialKey(digest: [UInt8](repeating: 7, count: 32)))
        let now = Moment(monotonic: MonotonicTime(nanoseconds: 1), wall: WallTime(seconds: 1_795_000_000))
        let policy = RefreshPolicy(ttl: .seconds(30), staleFor: .seconds(60), timeout: .seconds(5))

        for round in 0..<2_000 {
            let (provider, makeBody) = Self.bodies[round % Self.bodies.count]
            let id = try #require(ProviderID(provider))
            let definition = try #require(catalog[id])
            // TensorPix documents at most ten digits and four places.
            let digits = Self.digits(
                whole: provider == "tensorpix" ? 10 : 19, places: provider == "tensorpix" ? 4 : 19, using: &generator)
            let evaluation = definition.evaluate(
                status: 200, contentType: "application/json", body: Array(makeBody(digits).utf8))
            guard case .reading(let reading) = evaluation else {
                Issue.record("\(provider) does not read \(digits), seed \(seed)")
                return
            }
            var machine = RefreshMachine(seed: seed)
            guard case .start(let start) = machine.requested(key, policy: policy, demand: .anyCached, waiter: nil, now: now)
            else {
                Issue.record("a cold credential is not asked for")
                return
            }
            _ = machine.callSucceeded(key, call: start.id, reading: reading, now: now)
            let row = BalanceRow(
                id: AccountID(provider: id, account: .default), title: definition.title, lowLimit: nil,
                view: machine.view(key, policy: policy, now: now))
            let json = try JSONReader.read(row.json)
            #expect(json["available"]?.text == digits, "seed \(seed)")
            #expect(json["amounts"]?[0]?["value"]?.text == digits, "seed \(seed)")
            #expect(BalanceTable([row.tableLine]).text(now: now.wall).contains(" \(digits) "), "seed \(seed)")
        }
    }

    private static func digits(whole: Int, places: Int, using generator: inout SplitMix64) -> String {
        var text = Bool.random(using: &generator) ? "-" : ""
        text += String(Int.random(in: 1...9, using: &generator))
        for _ in 0..<Int.random(in: 0..<whole, using: &generator) { text += String(Int.random(in: 0...9, using: &generator)) }
        let count = Int.random(in: 0...places, using: &generator)
        if count > 0 { text += "." }
        for _ in 0..<count { text += String(Int.random(in: 0...9, using: &generator)) }
        return text
    }
}
