import BursarModel
import Testing

@testable import BursarCatalog

/// Amounts that hold at once: what can be spent is the least of them.
@Suite struct OwnLeastTests {
    private static let mapping = """
        own: least
          amounts:
            - {unit: credits, part: plan, available: plan?, used: spent?, words: {null: unlimited, "?": unknown, gone: depleted, "-": none}}
            - {unit: USD, available: money?}
            - {unit: credits, part: key, available: key?, words: {null: unlimited, "?": unknown, gone: depleted, "-": none}}
        """

    private func capped() throws -> ProviderDefinition {
        try Catalog.single(definition(mapping: Self.mapping, example: "{plan: 9, spent: 1, money: 2, key: 3}"))
    }

    private func own(_ body: String) throws -> String? {
        let reading = try #require(try capped().reading(body))
        return reading.available.map { "\($0.value) \($0.part?.name ?? "")" }
    }

    @Test func `the smallest is the row's own, by value and with its own digits`() throws {
        #expect(try own(#"{"plan":10,"key":9.90}"#) == "9.90 key")
        #expect(try own(#"{"plan":9,"key":10}"#) == "9 plan")
        #expect(
            try own(#"{"plan":1.0000000000000000000000000000000000002,"key":1.0000000000000000000000000000000000001}"#)
                == "1.0000000000000000000000000000000000001 key")
        #expect(try own(#"{"plan":0.5,"key":-0.25}"#) == "-0.25 key")
        #expect(try own(#"{"plan":"7.0","key":7}"#) == "7.0 plan", "of equal ones the first")
    }

    @Test func `an unlimited one is passed over, and where none has a limit there is no own amount and nothing is low`() throws {
        #expect(try own(#"{"plan":10,"key":null}"#) == "10 plan")
        #expect(try own(#"{"plan":null,"key":10}"#) == "10 key")
        let reading = try #require(try capped().reading(#"{"plan":null,"spent":4,"key":null}"#))
        #expect(reading.available == nil && reading.providerSaysLow == false)
        #expect(reading.amounts.map(\.words) == ["used 4 credits"])
    }

    @Test(arguments: [
        #"{"plan":10}"#, #"{"key":10}"#, #"{"plan":"?","key":10}"#, #"{"plan":10,"key":"?"}"#, #"{"plan":10,"key":"-"}"#,
        #"{"plan":null,"key":"?","money":5}"#
    ]) func `one that is unknown may be the least, so the row's own is unknown and no other figure stands in for it`(body: String)
        throws
    {
        let reading = try #require(try capped().reading(body))
        #expect(reading.available == nil && reading.providerSaysLow == nil)
        #expect(reading.amounts.allSatisfy { $0.isAside })
    }

    @Test func `one that is used up is the least, and low`() throws {
        let reading = try #require(try capped().reading(#"{"plan":10,"key":"gone"}"#))
        #expect(reading.available?.value == .zero && reading.available?.part?.name == "key")
        #expect(reading.providerSaysLow == true)
    }

    @Test func `its element comes first, the others keep their order, and another unit is never compared`() throws {
        let reading = try #require(try capped().reading(#"{"plan":10,"spent":4,"money":1,"key":5}"#))
        #expect(
            reading.amounts.map(\.words) == ["available 5 credits", "available 10 credits", "used 4 credits", "available 1 USD"])
        #expect(reading.amounts.map(\.isAside) == [false, true, true, true])
        #expect(reading.amounts.map(\.binds) == [true, true, false, false])
    }

    @Test func `the mocks move the number that the row shows`() throws {
        #expect(try capped().places.firstAmount == [.key("key")])
    }

    @Test(arguments: [
        ("own: most\n  amounts: [{unit: USD, available: a}]", "own is least"),
        ("own: least\n  amounts: [{unit: USD, available: a}]", "own: least needs a second element"),
        ("own: least\n  amounts: [{unit: USD, available: a}]", "without own the first element's available is the row's own"),
        (
            "own: least\n  amounts: [{unit: USD, available: a}, {unit: EUR, available: b}]",
            "amounts of other units are never compared"
        ),
        (
            "own: least\n  amounts: [{unit: USD, available: a}, {unit: USD, part: key, used: b}]",
            "own: least needs a second element with an available amount in the first one's unit"
        ),
        (
            "own: least\n  amounts: [{unit: USD, used: a}, {unit: USD, available: b}]",
            "own: least compares with the first element, which has no available amount"
        ),
        (
            "own: least\n  amounts: [{unit: USD, available: a}, {unit: {at: u}, available: b}]",
            "beside own: least each unit is written in the file, and there is no each"
        ),
        (
            "own: least\n  amounts: [{unit: USD, available: a}, {each: w, unit: USD, part: key, available: b}]",
            "beside own: least each unit is written in the file, and there is no each"
        ),
        (
            "own: least\n  first: u\n  amounts: [{unit: USD, available: a}, {unit: USD, part: key, available: b}]",
            "own: least and first both say which amount is the row's own"
        ),
        ("owns: least\n  amounts: [{unit: USD, available: a}]", "did you mean own?")
    ]) func `what cannot be compared is told`(text: String, expected: String) {
        let found = Catalog.problems(definition(mapping: text, example: "{a: 1, b: 2, u: USD, w: [{b: 1}]}"))
        #expect(found.count == 1 && found[0].description.contains(expected), "\(found)")
    }

    // MARK: - Built in

    @Test(arguments: [
        ("ahrefs", "200 workspace", "99990 units"), ("ahrefs", "200 key", "10 units"), ("ahrefs", "200 uncapped", nil),
        ("nanogpt-subscription", "200 active", "770 units"), ("nanogpt-subscription", "200 month nearly over", "100 units"),
        ("evolink", "200 capped", "99.4 credits"), ("evolink", "200 wide cap", "1095.3996 credits"),
        ("evolink", "200 uncapped", "109.3 credits"), ("neuralwatt", "200 full", "12.4 USD"),
        ("neuralwatt", "200 key", "0.75 USD"), ("neuralwatt", "200 credits", "12.4 USD")
    ]) func `a provider that enforces two limits tells the one that ends a job first`(
        name: String, example: String, own: String?
    ) throws {
        let outcome = try #require(try Catalog.builtIn(name).examples.first { $0.name == example })
        guard case .reading(let reading) = outcome.evaluation else { throw Missing() }
        #expect(reading.available.map { "\($0.value) \($0.unit)" } == own)
    }

    private struct Missing: Error {}

    @Test func `a key that is not told at all has an unknown rest`() throws {
        let body = #"{"balance":{"credits_remaining_usd":12.4}}"#
        #expect(try #require(try Catalog.builtIn("neuralwatt").reading(body)).available == nil)
    }
}
