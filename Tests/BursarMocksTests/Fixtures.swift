import BursarCatalog
import BursarModel

@testable import BursarMocks

/// Providers made up for these tests, where the shape matters and not whose it is; the built-in definitions have tests of
/// their own.
enum Fixture {
    /// A nested number beside a flag and an envelope code.
    static let envelope = provider(
        example: #"{ "code": 200, "data": {"balance": 72.048, "low": false, "note": "é"} }"#,
        amountPath: [.key("data"), .key("balance")], lowFlagPath: [.key("data"), .key("low")],
        envelopeCodePath: [.key("code")])

    /// A string with four decimals.
    static let text = provider(example: #"{"balance_usd":"12.3400"}"#, amountPath: [.key("balance_usd")])

    /// Money in 1/10000 of a unit, as `total` less `used`.
    static let scaled = provider(
        example: #"{"total":"1000000","used":"250000"}"#, amountPath: [.key("total")]
    ) { body in
        guard let total = number([.key("total")], in: body), let used = number([.key("used")], in: body) else { return nil }
        return total.subtracting(used)?.scaled(byPowerOfTen: -4)
    }

    /// What is left is an allowance less this number.
    static let negated = provider(example: #"{"used":25.75}"#, amountPath: [.key("used")]) { body in
        number([.key("used")], in: body).flatMap { ExactDecimal(100).subtracting($0) }
    }

    /// An example without an amount, and no documented error.
    static let bare = provider(example: #"{}"#, amountPath: nil, failures: [:], documentsErrors: false) { _ in nil }

    static func provider(
        example: String, amountPath: [JSONStep]?, lowFlagPath: [JSONStep]? = nil, envelopeCodePath: [JSONStep]? = nil,
        failures: [Int: String] = [401: #"{"detail":"Invalid token."}"#], documentsErrors: Bool = true,
        firstAmount: (@Sendable ([UInt8]) -> ExactDecimal?)? = nil
    ) -> MockProvider {
        let plain: @Sendable ([UInt8]) -> ExactDecimal? = { body in amountPath.flatMap { number($0, in: body) } }
        return MockProvider(
            name: "alpha", path: "/v1/{team}/balance/",
            auth: MockAuth(
                headerName: "Authorization", prefix: "Token ",
                credential: { value, _ in
                    value.hasPrefix("Token ") && value.utf8.count > 6 ? Secret(String(value.dropFirst(6))) : nil
                }),
            success: UpstreamReply(status: 200, contentType: "application/json", body: Array(example.utf8)),
            failures: failures.reduce(into: [:]) { replies, failure in
                replies[failure.key] = UpstreamReply(
                    status: failure.key, contentType: "application/json", body: Array(failure.value.utf8))
            },
            amountPath: amountPath, lowFlagPath: lowFlagPath, envelopeCodePath: envelopeCodePath,
            evaluate: { status, contentType, body in
                guard status < 300, let amount = firstAmount?(body) ?? (firstAmount == nil ? plain(body) : nil),
                    let unit = AmountUnit("credits")
                else {
                    return .failure(
                        EvaluatedFailure(
                            code: status < 300 ? .invalidResponse : .upstreamError, upstreamStatus: status, reason: ""))
                }
                let isLow = lowFlagPath.flatMap { JSONPlace($0, in: body) }.map { body[$0.value].elementsEqual("true".utf8) }
                return .reading(
                    Reading(
                        amounts: [Amount(kind: .available, value: amount, unit: unit)], providerSaysLow: isLow, asOf: nil,
                        reply: UpstreamReply(status: status, contentType: contentType, body: body)))
            },
            errorReply: { status, message in
                guard documentsErrors else { return nil }
                return UpstreamReply(
                    status: status, contentType: "application/json",
                    body: Array(JSONText.object([("detail", JSONText.string(message))]).utf8))
            })
    }

    static func number(_ path: [JSONStep], in body: [UInt8]) -> ExactDecimal? {
        guard let place = JSONPlace(path, in: body) else { return nil }
        let text = String(decoding: body[place.value], as: UTF8.self)
        return ExactDecimal(text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text)
    }
}
