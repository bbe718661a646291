import BursarEngine
import BursarInsight
import BursarModel

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
    /// How long each unit lasts, and when that was asked; nil where it was not.
    var runways: (all: [Runway], now: WallTime)?

    var problem: Problem? { view.problem ?? (view.status == .unavailable ? otherwise : nil) }

    var amounts: [Amount] { view.reading?.amounts ?? [] }

    /// The account's own limit against the first amount, else what the provider says, else unknown.
    var low: Bool? {
        if let lowLimit, let first = amounts.first { return first.value < lowLimit }
        return view.reading?.providerSaysLow
    }

    /// The row's JSON object (contract 4.1). Every value is text: no reader is led to put money into a float.
    var json: [UInt8] {
        var json = JSONText(reserving: 512)
        json.object { json in
            json.string("provider", id.provider.name)
            json.string("account", id.account.name)
            json.string("status", view.status.rawValue)
            json.string("available", amounts.first?.value.description)
            json.string("unit", amounts.first?.unit.name)
            json.array("amounts") { json in
                for amount in amounts {
                    json.object { json in
                        json.string("kind", amount.kind.rawValue)
                        json.string("value", amount.value.description)
                        json.string("unit", amount.unit.name)
                    }
                }
            }
            json.bool("low", low)
            json.string("as_of", view.reading?.asOf?.rfc3339)
            json.string("fetched_at", view.fetchedAt?.wall.rfc3339)
            json.string("expires_at", view.expiresAt?.wall.rfc3339)
            if let problem {
                json.object("problem") { json in
                    json.string("code", problem.code.rawValue)
                    json.string("title", problem.code.title(for: title))
                    json.integer("upstream_status", problem.upstreamStatus)
                    json.string("retry_at", problem.retryAt?.rfc3339)
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
            amounts: amounts.map { ($0.kind.rawValue, $0.value.description, $0.unit.name) }, low: low == true,
            fetchedAt: view.fetchedAt?.wall, problem: problem?.code.title(for: title), retryAt: problem?.retryAt,
            runway: runways.map { runways in runways.all.first?.words(at: runways.now) ?? "-" })
    }
}
