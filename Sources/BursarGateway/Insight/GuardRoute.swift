import BursarBasics
import BursarCatalog
import BursarEngine
import BursarHTTP
import BursarInsight
import BursarModel
import BursarText
import BursarUpstream

/// `GET /v1/guard`: may so much be spent? *Immutable; any thread.* It asks for a reading that is fresh enough, within cooldowns and
/// budgets, and counts what is claimed.
struct GuardRoute: Route {
    private let directory: AccountDirectory
    private let reading: FreshReading
    private let claims: ClaimBook

    init(_ parts: RouteParts) {
        directory = parts.directory
        reading = FreshReading(refresher: parts.refresher)
        claims = parts.process.insight.claims
    }

    private struct GuardRequest: Sendable {
        let entry: AccountEntry
        let needs: ExactDecimal
        let unit: AmountUnit?
        let fresh: Duration
        let isStrict: Bool
    }

    func respond(to call: RouteCall) -> Reply {
        let request = call.request
        let wanted: GuardRequest
        do {
            let query = try InsightQuery(request.query)
            guard let name = query.text("account") else {
                throw InsightQuery.Refusal(detail: "account is missing: an account such as account=sample/default.")
            }
            let entry = try directory.entry(named: name)
            wanted = GuardRequest(
                entry: entry, needs: try query.amount("needs"), unit: try Self.unit(query.text("unit")),
                fresh: try query.duration("fresh") ?? entry.upstream.policy.ttl, isStrict: try query.flag("strict"))
        } catch let error as InsightQuery.Refusal {
            return .now(Answers.badRequest(request, detail: error.detail))
        } catch let error as AccountDirectory.UnknownName {
            return .now(Answers.unknownName(request, detail: error.detail))
        } catch {
            return .now(Answers.badRequest(request, detail: "The query string is not well-formed."))
        }
        return .later { await answer(wanted, request) }
    }

    static func unit(_ text: String?) throws(InsightQuery.Refusal) -> AmountUnit? {
        guard let text else { return nil }
        guard let unit = AmountUnit(text) else { throw .init(detail: "unit takes the name of a unit, such as credits or USD.") }
        return unit
    }

    private func answer(_ wanted: GuardRequest, _ request: Request) async -> Response {
        let result = await reading.take(wanted.entry, noOlderThan: wanted.fresh, trace: request.trace)
        let judged: Judged
        do throws(InsightQuery.Refusal) {
            let time = reading.refresher.now.wall
            let knowsClaims = claims.knowsAll
            judged = try Judged(wanted.entry, wanted.needs, wanted.unit, result, knowsClaims: knowsClaims) { unit in
                claims.claimed(directory.names(sharing: wanted.entry), unit, time)
            }
        } catch {
            return Answers.badRequest(request, code: .unknownUnit, detail: error.detail)
        }
        let status =
            switch judged.decision.answer {
            case .yes: 200
            case .no: wanted.isStrict ? 402 : 200
            case .unknown: wanted.isStrict ? 503 : 200
            }
        var response = Answers.json(judged.json(of: wanted.entry.id, claimsAreKept: claims.isKept), status: status)
        if status == 503 { response.headers["retry-after"] = result.retryAfter.map { String($0) } }
        return response
    }

    /// A decision with what it was made of. *Value.*
    struct Judged {
        let decision: GuardDecision
        let unit: AmountUnit?
        private let result: FreshReading.Result

        /// - Parameters:
        ///   - knowsClaims: whether `claims` can say all that is claimed.
        ///   - claims: what is claimed of a unit; nil where that has too many digits.
        /// - Throws: for a unit that the account has not: it says which it has.
        init(
            _ entry: AccountEntry, _ needs: ExactDecimal, _ unit: AmountUnit?, _ result: FreshReading.Result,
            knowsClaims: Bool, _ claims: (AmountUnit) -> ExactDecimal?
        ) throws(InsightQuery.Refusal) {
            let view = result.view
            if let unit, !view.unitNames.isEmpty, view.available(unit) == nil {
                throw .init(
                    detail: "\(entry.id) has no available amount of that unit. It has: \(view.unitNames.joined(separator: ", "))."
                )
            }
            let chosen = unit ?? view.firstUnit
            self.unit = chosen
            self.result = result
            let claimed = chosen.map(claims) ?? .zero
            decision = Self.decide(
                needs, chosen, result, knowsClaims ? (claimed ?? .zero) : nil, isCounted: claimed != nil)
        }

        static func decide(
            _ needs: ExactDecimal, _ unit: AmountUnit?, _ result: FreshReading.Result, _ claimed: ExactDecimal?,
            isCounted: Bool = true
        ) -> GuardDecision {
            GuardDecision(
                needs: needs, have: isCounted ? unit.flatMap { result.view.available($0) } : nil, claimed: claimed,
                isReadable: result.view.status != .unavailable, isFreshEnough: result.isFreshEnough)
        }

        func json(of account: AccountID, claimsAreKept: Bool) -> [UInt8] {
            var json = JSONText()
            json.object { json in write(into: &json, account, claimsAreKept) }
            return json.bytes
        }

        private func write(into json: inout JSONText, _ account: AccountID, _ claimsAreKept: Bool) {
            json.string("schema", "bursar.guard.v1")
            json.string("generated_at", result.at.wall.rfc3339)
            json.string("account", "\(account)")
            json.string("decision", decision.answer.rawValue)
            json.string("reason", decision.reason?.rawValue)
            json.string("have", decision.have?.description)
            json.string("needs", decision.needs.description)
            json.string("left_after", decision.leftAfter?.description)
            json.string("unit", unit?.name)
            json.integer("age", result.age.map { Int(clamping: $0.components.seconds) })
            json.string("claimed", decision.claimed?.description)
            json.bool("claims_kept", claimsAreKept)
            json.string("problem", result.view.problem?.code.rawValue)
            json.string("retry_at", result.nextAttempt?.wall.rfc3339)
        }
    }
}

extension AccountDirectory {
    /// Every account with the same key, the given one among them: what is claimed of one is gone for all.
    func names(sharing entry: AccountEntry) -> [AccountID] { indices(of: entry.upstream.key).map { self[$0].id } }

    /// By `provider/account`, or by a provider's name where that has one account.
    func entry(named name: String) throws(UnknownName) -> AccountEntry {
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let indices = try select(provider: parts[0], account: parts.count == 2 ? parts[1] : nil, query: .everything)
        guard let first = indices.first, indices.count == 1 else {
            throw UnknownName(detail: AccountChoice.several(indices.map { "\(self[$0].id)" }))
        }
        return self[first]
    }
}
