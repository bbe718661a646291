import BursarBasics
import BursarEngine
import BursarInsight
import BursarModel
import BursarText

/// One account as `/v1/balances` shows it. *Value.* Pure: everything follows from the account and the machine's view of it.
struct BalanceRow: Sendable {
    let id: AccountID
    /// The provider's title, for problems in words.
    let title: String
    /// The account's own `low` limit.
    let lowLimit: ExactDecimal?
    let view: AccountView
    /// Said where the view itself knows of none: a wait that ended before its call did.
    var otherwise: Problem?
    /// When it is shown: see ``retryAt``.
    var now: Moment?
    /// How long each unit lasts, and when that was asked; nil where it was not.
    var runways: (all: [Runway], now: WallTime)?

    /// Never nil where there is no value: a row says why.
    var problem: Problem? {
        view.problem ?? (view.status == .unavailable ? otherwise ?? Problem(code: .timeout, reason: Problem.notReadYet) : nil)
    }

    /// When the provider is asked again. Holds are kept by a clock that nobody sets: where the wall clock was set since, what is left
    /// counts and not the time that was told then.
    var retryAt: WallTime? {
        guard let told = problem?.retryAt, let now, let until = view.hold?.until, until.wall == told,
            until.monotonic > now.monotonic
        else { return problem?.retryAt }
        let left = now.monotonic.duration(to: until.monotonic)
        let isOther = now.isOtherWall(than: until)
        return isOther ? now.wall.advanced(by: left) : told
    }

    var amounts: [Amount] { view.reading?.amounts ?? [] }

    /// The `available` of the definition's first element, or of the one that it chooses; nil where that is unknown or unlimited.
    var available: Amount? { view.reading?.available }

    /// The account's own limit against the available amount, else what the provider says; a negative amount is low, else it is unknown.
    var low: Bool? {
        if let lowLimit, let available { return available.value < lowLimit }
        return view.reading?.providerSaysLow ?? (available.map(\.value.isNegative) == true ? true : nil)
    }

    /// The row's JSON object (contract 4.1). Every value is text: no reader is led to put money into a float.
    var json: [UInt8] {
        var json = JSONText(reserving: 512)
        json.object { json in
            json.string("provider", id.provider.name)
            json.string("account", id.account.name)
            json.string("status", view.status.rawValue)
            json.string("available", available?.value.description)
            json.string("unit", available?.unit.name)
            json.array("amounts") { json in
                for amount in amounts { amount.write(into: &json) }
            }
            json.bool("low", low)
            json.string("as_of", view.reading?.asOf?.rfc3339)
            json.string("fetched_at", view.fetchedAt?.wall.rfc3339)
            json.string("expires_at", view.expiresAt?.wall.rfc3339)
            if let problem {
                json.object("problem") { json in
                    json.string("code", problem.code.rawValue)
                    json.string("title", problem.title(for: title))
                    json.integer("upstream_status", problem.upstreamStatus)
                    json.string("retry_at", retryAt?.rfc3339)
                    json.string("reason", problem.reason)
                }
            } else {
                json.string("problem", nil)
            }
            if let runways {
                json.array("runway") { json in
                    for runway in runways.all { runway.write(into: &json, now: runways.now) }
                }
            }
        }
        return json.bytes
    }

    var tableLine: BalanceTable.Line {
        BalanceTable.Line(
            provider: id.provider.name, account: id.account.name, status: view.status,
            amounts: amounts.map { .init($0.kind.rawValue, $0.value.description, $0.unit.name, part: $0.part?.name) },
            leads: amounts.first.map { !$0.isAside && ($0.kind != .available || available != nil) } ?? true, low: low == true,
            fetchedAt: view.fetchedAt?.wall, problem: problem?.title(for: title), retryAt: retryAt,
            runway: runways.map { runways in runways.all.first?.words(at: runways.now) ?? "-" })
    }
}

extension Moment {
    /// Whether the wall clock was set between the two: a row need not follow what a time service does to it each second.
    func isOtherWall(than other: Moment) -> Bool {
        let difference = wall.duration(to: other.wall) - monotonic.duration(to: other.monotonic)
        return difference > .seconds(1) || difference < .seconds(-1)
    }
}
