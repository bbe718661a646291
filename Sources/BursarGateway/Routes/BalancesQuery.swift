import BursarBasics
import BursarModel

/// What `/v1/balances?…` asks for. *Value.*
struct BalancesQuery: Equatable, Sendable {
    /// `provider=a,b`; nil: all.
    var providers: NameList?
    /// `account=x,y`; nil: all.
    var accounts: NameList?
    /// `require=a,b/c`: the call fails unless each of these has a fresh value.
    var required = NameList()
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
            case "provider": try Self.add(parameter, to: &providers)
            case "account": try Self.add(parameter, to: &accounts)
            case "require":
                for name in try Self.names(parameter) { required.add(name) }
                try Self.check(required, parameter)
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

    /// Names, each once and in the order in which they came first. *Value.*
    struct NameList: Equatable {
        private(set) var names: [String] = []
        private var seen: Set<String> = []

        mutating func add(_ name: some StringProtocol) {
            let name = String(name)
            if seen.insert(name).inserted { names.append(name) }
        }
    }

    /// Far more than anybody has names for in a URL. Each is looked up on an event loop.
    static let mostNames = 512

    private static func add(_ parameter: Query.Parameter, to list: inout NameList?) throws(Refusal) {
        var all = list ?? NameList()
        list = nil  // so that the set is not copied for each parameter
        for name in try names(parameter) { all.add(name) }
        try check(all, parameter)
        list = all
    }

    private static func names(_ parameter: Query.Parameter) throws(Refusal) -> [Substring] {
        let names = parameter.value.split(separator: ",", omittingEmptySubsequences: false)
        guard names.allSatisfy({ !$0.isEmpty }) else {
            throw Refusal(
                detail: "The query parameter \(parameter.name) takes names with commas between, such as \(parameter.name)=a,b.")
        }
        return names
    }

    private static func check(_ list: NameList, _ parameter: Query.Parameter) throws(Refusal) {
        guard list.names.count <= mostNames else {
            throw Refusal(
                detail: "The query parameter \(parameter.name) takes at most \(mostNames) names. Ask for all rows instead.")
        }
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
        guard let flag = Query.flag(parameter.value) else { throw Refusal(detail: Query.flagRefusal(parameter.name)) }
        return flag
    }
}
