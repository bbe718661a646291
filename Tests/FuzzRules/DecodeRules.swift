import BursarCatalog
import BursarEngine

@testable import BursarGateway
@testable import BursarModel
@testable import BursarStore
@testable import BursarUpstream

extension FuzzTarget {
    /// What a provider answers, for each definition. Five bytes choose the definition, the status, the fields, and where and in which
    /// writing the call's own credential is echoed; the rest is the body.
    static let decode = FuzzTarget(
        "decode", home: "BursarUpstreamTests", longest: 1_500,
        words: [
            "null", "\"unlimited\"", "\"n/a\"", "1e38", "0.00000000000000000001", "-0", "\"balance_usd\":", "\"available\":",
            "\"data\":", "\"code\":200", "\"error\":", "Expected available in 17 seconds.", "{\"", "\":", ",\"", "12.3400",
            "e\u{301}"
        ],
        seeds: {
            definitions.enumerated().flatMap { index, definition in
                definition.responses.flatMap { response in
                    response.examples.flatMap { example in
                        [0, 1].map { echoed in
                            [UInt8(index), UInt8(statuses.firstIndex(of: response.status ?? 200) ?? 0), 1, echoed, 3] + example
                        }
                    }
                }
            }
        }, checkAnswer)

    static let statuses = [200, 201, 204, 299, 301, 304, 400, 401, 402, 403, 404, 418, 429, 500, 502, 503, 504, 599, 100, 0]

    /// The program's own, and one that has everything a definition can say.
    static let definitions: [ProviderDefinition] = {
        do throws(CatalogDiagnostics) {
            let catalog = try Catalog.builtIn().adding([
                DefinitionFile(path: "everything.yaml", bytes: Array(EverythingDefinition.yaml.utf8))
            ])
            // The rule that a figure stands in the body is none for sums, differences and scales.
            let straight: Set = ["deepixels", "tensorpix", "legnext", "sunor", "hyper3d"]
            return catalog.ids.filter { straight.contains($0.name) || catalog.addedIDs.contains($0) }.compactMap { catalog[$0] }
        } catch {
            preconditionFailure("\(error.diagnostics)")
        }
    }()

    fileprivate static let fields: [[(name: String, value: String)]] = [
        [], [("content-type", "application/json")], [("content-type", "text/html"), ("retry-after", "17")],
        [("content-type", "application/json"), ("ratelimit", "\"p\";r=0;t=30")],
        [("content-type", "application/json; key=\(key)"), ("retry-after", "Fri, 20 Nov 2026 22:57:10 GMT")],
        [("content-type", "application/json"), ("content-type", "application/json")]
    ]
}

private let key = "Qz7wKx93LmTr52Vb-canary"
private let secret = Secret(key)
private let scrubber = Scrubber([secret])
private let noon = Moment(monotonic: MonotonicTime(nanoseconds: 1_000_000_000_000), wall: WallTime(seconds: 1_795_219_200))

private func checkAnswer(_ bytes: [UInt8]) throws(BrokenRule) {
    guard bytes.count > 5 else { return }
    let definition = FuzzTarget.definitions[Int(bytes[0]) % FuzzTarget.definitions.count]
    let status = FuzzTarget.statuses[Int(bytes[1]) % FuzzTarget.statuses.count]
    let fields = FuzzTarget.fields[Int(bytes[2]) % FuzzTarget.fields.count]
    var body = Array(bytes.dropFirst(5))
    let plain = outcome(status, fields, body, definition)
    try checkOutcome(plain, status, definition)
    try checkRelaid(plain, status, fields, body, definition)

    // The same with the credential in it, as providers echo it. 0 leaves it out.
    guard bytes[3] > 0 else { return }
    let writing = SecretWriting.allCases[Int(bytes[3]) % SecretWriting.allCases.count]
    body.insert(contentsOf: writing.example(Array(key.utf8)), at: Int(bytes[4]) % (body.count + 1))
    try checkOutcome(outcome(status, fields, body, definition), status, definition)
}

private func outcome(
    _ status: Int, _ fields: [(name: String, value: String)], _ body: [UInt8], _ definition: ProviderDefinition
) -> CallOutcome {
    CallOutcome.of(
        UpstreamResponse(status: status, fields: fields, body: body), definition: definition, scrubber: scrubber,
        ReadingContext(now: noon.wall))
}

/// A reading comes of a success alone and is written and read again as it is; a failure says nothing that was in the answer.
private func checkOutcome(_ outcome: CallOutcome, _ status: Int, _ definition: ProviderDefinition) throws(BrokenRule) {
    if let detail = outcome.detail { try demandOwnWords(detail) }
    switch outcome.result {
    case .reading(let reading):
        // Figures come of a success alone; that nothing is left may be said by any status.
        try demand(
            (200..<300).contains(status) || reading.amounts.allSatisfy(\.value.isZero), "a balance out of status \(status)")
        try demand(reading.reply.status == status, "another status")
        try demandClean(reading.reply)
        try demand(
            Set(reading.amounts.map { "\($0.kind) \($0.unit) \($0.part?.name ?? "")" }).count == reading.amounts.count,
            "an amount stands twice")
        try demand(
            AmountsText.read(AmountsText.write(reading.amounts)).map { same($0, reading.amounts) } ?? false,
            "stored, amounts differ")
        try checkRow(reading, definition)
    case .failure(let failure):
        if let reason = failure.reason { try demandOwnWords(reason) }
        if let reply = failure.errorReply {
            try demand(!(200..<300).contains(reply.status), "an error of status \(reply.status)")
            try demandClean(reply)
        }
        try demand(failure.hint.map { $0.wait > .zero } ?? true, "a wait of nothing")
        if let own = definition.errorReply(status: failure.upstreamStatus ?? 500, message: "\"\\\u{0}\u{7F}é") {
            try demand((try? JSONReader.read(own.body)) != nil, "an error in the provider's shape is no JSON")
        }
    }
}

private func demandOwnWords(_ words: String) throws(BrokenRule) {
    try demand(words.utf8.count <= 400 && words.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "words that are not ours: \(words)")
    try demand(!scrubber.finds(in: Array(words.utf8)), "a credential in words")
}

private func demandClean(_ reply: UpstreamReply) throws(BrokenRule) {
    try demand(!scrubber.finds(in: reply.body), "a credential is passed on")
    try demand(!scrubber.finds(in: Array(reply.contentType.utf8)), "a credential in a media type")
}

/// The row that callers see: what was read stands in it to the last digit, and as text.
private func checkRow(_ reading: Reading, _ definition: ProviderDefinition) throws(BrokenRule) {
    guard let account = AccountName("default") else { throw BrokenRule(description: "default is no name") }
    let later = noon.advanced(by: .seconds(30))
    let view = AccountView(
        status: .fresh, reading: reading, fetchedAt: noon, expiresAt: later, validUntil: later.monotonic, problem: nil,
        errorReply: nil, hold: nil, isRefreshing: false)
    let row = BalanceRow(
        id: AccountID(provider: definition.id, account: account), title: definition.title, lowLimit: nil, view: view)
    let json = try? JSONReader.read(row.json)
    let amounts = json?["amounts"]?.elements?.map { amount -> Amount? in
        guard let kind = amount["kind"]?.text.flatMap(AmountKind.init(rawValue:)),
            let unit = amount["unit"]?.text.flatMap({ AmountUnit($0) }),
            let value = amount["value"]?.text.flatMap({ ExactDecimal($0) })
        else { return nil }
        return Amount(
            kind: kind, value: value, unit: unit, part: amount["part"]?.text.flatMap { AmountPart($0) },
            resetsAt: amount["resets_at"]?.text.flatMap { WallTime(rfc3339: $0) },
            expiresAt: amount["expires_at"]?.text.flatMap { WallTime(rfc3339: $0) })
    }
    try demand(amounts.map { sameFigures($0.compactMap(\.self), reading.amounts) } ?? false, "the row has other amounts")
    let own = reading.amounts.first { $0.kind == .available && !$0.isAside }
    try demand(json?["available"] == (own.map { .string($0.value.description) } ?? .null), "the row's own amount is another")
    try demand(json?["as_of"] == (reading.asOf.map { .string($0.rfc3339) } ?? .null), "another time")
    try demand(json?["as_of"]?.text.map { WallTime(rfc3339: $0) == reading.asOf } ?? true, "a time that cannot be read")
}

/// What a row tells of amounts: all but which one is the row's own.
private func sameFigures(_ left: [Amount], _ right: [Amount]) -> Bool {
    left.elementsEqual(right) {
        $0.kind == $1.kind && $0.unit == $1.unit && $0.part == $1.part && $0.resetsAt == $1.resetsAt
            && $0.expiresAt == $1.expiresAt && $0.value.description == $1.value.description
    }
}

/// To the last digit: amounts are equal by their value alone.
private func same(_ left: [Amount], _ right: [Amount]) -> Bool {
    left == right && left.map(\.value.description) == right.map(\.value.description)
}

/// The same JSON laid out differently says the same, and no figure is told that does not stand in it.
private func checkRelaid(
    _ outcome: CallOutcome, _ status: Int, _ fields: [(name: String, value: String)], _ body: [UInt8],
    _ definition: ProviderDefinition
) throws(BrokenRule) {
    guard let value = try? JSONReader.read(body), !scrubber.finds(in: body) else { return }
    let relaid = CallOutcome.of(
        UpstreamResponse(status: status, fields: fields, body: JSONWriter.pretty(value)), definition: definition,
        scrubber: scrubber, ReadingContext(now: noon.wall))
    guard case .reading(let reading) = outcome.result else {
        return try demand(relaid.label == outcome.label && relaid.detail == outcome.detail, "laid out, it fails differently")
    }
    guard case .reading(let other) = relaid.result else { throw BrokenRule(description: "laid out, it is no reading") }
    try demand(
        same(reading.amounts, other.amounts) && reading.asOf == other.asOf && reading.providerSaysLow == other.providerSaysLow,
        "laid out, it says something else")
    // The built-in definitions tell figures as they are; only a sum may be one that does not stand there.
    guard definition.id.name != EverythingDefinition.id else { return }
    var figures: Set<String> = []
    collect(value, into: &figures)
    for amount in reading.amounts where amount.kind != .total {
        try demand(figures.contains(amount.value.description), "\(amount.value) does not stand in the body")
    }
}

private func collect(_ value: JSONValue, into figures: inout Set<String>) {
    switch value {
    case .number(let text), .string(let text): if let figure = ExactDecimal(text) { figures.insert(figure.description) }
    case .array(let elements): for element in elements { collect(element, into: &figures) }
    case .object(let object): for member in object.members { collect(member.value, into: &figures) }
    case .null, .bool: break
    }
}
