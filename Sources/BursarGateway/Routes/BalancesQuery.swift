import BursarBasics
import BursarModel

/// What `/v1/balances?…` asks for. *Value.*
struct BalancesQuery: Equatable, Sendable {
    /// `provider=a,b`; nil: all.
    var providers: [String]?
    /// `account=x,y`; nil: all.
    var accounts: [String]?
    /// `require=a,b/c`: the call fails unless each of these has a fresh value.
    var required: [String] = []
    var isPretty = false
    /// `limit=N`: at most so many rows.
    var limit: Int?
    /// `cursor=…`: behind that row. What `next` of the page before said.
    var cursor: String?

    /// `include=runway`: how long each balance lasts.
    var includesRunway = false

    static let known = ["provider", "account", "require", "pretty", "limit", "cursor", "include"]

    /// Of a request without a query.
    static let everything = BalancesQuery()

    private init() {}

    /// What is wrong with a query, in words for its caller.
    struct Refusal: Error, Equatable { let detail: String }

    init(_ query: Query) throws(Refusal) {
        for parameter in query.parameters {
            switch parameter.name {
            case "provider": providers = try Self.merged(providers, parameter)
            case "account": accounts = try Self.merged(accounts, parameter)
            case "require": required = try Self.merged(required, parameter)
            case "pretty": isPretty = try Self.flag(parameter)
            case "limit": limit = try Self.number(parameter, in: 1...Self.longestPage)
            case "include":
                guard parameter.value == "runway" else { throw Refusal(detail: "The query parameter include takes runway.") }
                includesRunway = true
            case "cursor": cursor = parameter.value
            default:
                // The name is the caller's text: it is not echoed, because it may be anything.
                throw Refusal(detail: "Unknown query parameter. Known are: \(Self.known.joined(separator: ", ")).")
            }
        }
    }

    private static func merged(_ held: [String]?, _ parameter: Query.Parameter) throws(Refusal) -> [String] {
        let names = parameter.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard names.allSatisfy({ !$0.isEmpty }) else {
            throw Refusal(
                detail: "The query parameter \(parameter.name) takes names with commas between, such as \(parameter.name)=a,b.")
        }
        return (held ?? []) + names
    }

    /// Whoever wants more at once asks without a limit.
    static let longestPage = 100_000

    private static func number(_ parameter: Query.Parameter, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let number = parseASCIIDigits(parameter.value), range.contains(number) else {
            throw Refusal(
                detail: "The query parameter \(parameter.name) takes a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    private static func flag(_ parameter: Query.Parameter) throws(Refusal) -> Bool {
        switch parameter.value.lowercased() {
        case "", "1", "true", "yes": return true
        case "0", "false", "no": return false
        default: throw Refusal(detail: "The query parameter pretty takes true, false or nothing.")
        }
    }
}
