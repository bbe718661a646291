import BursarCatalog
import NIOHTTP1

/// What is known of a credential when the upstream begins to misbehave. *Value.*
enum FaultState: String, CaseIterable, Sendable {
    case cold
    case warm
    case restarted

    /// The heading of its table.
    var title: String {
        switch self {
        case .cold: "Cold: nothing is held"
        case .warm: "Warm: a good reading is held, past its ttl"
        case .restarted: "Restarted: a good reading was restored from the store"
        }
    }
}

/// Where a caller asks. *Value.*
enum FaultSurface: String, CaseIterable, Sendable {
    case list = "`/v1/balances`"
    case route = "provider route"
    case passThrough = "pass-through"

    /// A caller's own credential is never stored: nothing of it outlives a process.
    func holdsReading(in state: FaultState) -> Bool {
        switch state {
        case .cold: false
        case .warm: true
        case .restarted: self != .passThrough
        }
    }
}

/// One answer as the table tells it: nothing that differs from run to run. *Value.*
struct FaultAnswer: Sendable, Equatable {
    let status: Int
    /// `fresh`, `stale`, `unavailable` of a row; of a route whose words the body is.
    let row: String
    let code: String?
    let showsValue: Bool
    let retryAfter: Int?
    /// Its ttl, where negative, is `-N`.
    let cacheStatus: String?

    init(_ answer: TestGateway.Answer, of surface: FaultSurface) {
        status = answer.status
        showsValue = answer.text.contains(FaultBench.value)
        retryAfter = answer.headers.first(name: "retry-after").flatMap { Int($0) }
        cacheStatus = answer.headers.first(name: "cache-status")?.replacing(/ttl=-\d+/, with: "ttl=-N")
        switch surface {
        case .list:
            row = answer.row(0)?["status"]?.text ?? "–"
            code = answer.row(0)?["problem"]?["code"]?.text
        case .route, .passThrough:
            let type = answer.json?["type"]?.text
            let prefix = "urn:bursar:problem:"
            if let type, type.hasPrefix(prefix) {
                (row, code) = ("problem document", String(type.dropFirst(prefix.count)))
            } else {
                row = answer.status < 300 ? "the provider's" : "the provider's error"
                code = cacheStatus?.firstMatch(of: /detail=(\w+)/).map { String($0.1) }
            }
        }
    }

    /// Whether the provider was asked for it.
    var wasAsked: Bool { cacheStatus?.contains("fwd=") == true }
}

/// What one fault came to for one caller: a line of the table. *Value.*
struct FaultCell: Sendable {
    let fault: String
    let surface: FaultSurface
    /// To the caller whose request met the fault.
    let first: FaultAnswer
    /// To one who comes at once after it.
    let next: FaultAnswer
    let askedAgain: String

    static let head = """
        | upstream | asked on | status | row, or whose words | problem | value | Retry-After | Cache-Status | next caller | asked again |
        |---|---|---|---|---|---|---|---|---|---|

        """

    var line: String {
        let columns = [
            fault, surface.rawValue, "\(first.status)", first.row, first.code.map { "`\($0)`" } ?? "–",
            first.showsValue ? "yes" : "no", first.retryAfter == nil ? "no" : "yes", Self.code(first.cacheStatus),
            "\(next.status) " + Self.code(next.cacheStatus), askedAgain
        ]
        return "| " + columns.joined(separator: " | ") + " |"
    }

    private static func code(_ field: String?) -> String { field.map { "`\($0)`" } ?? "–" }
}
