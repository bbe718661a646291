import BursarBasics
import BursarCatalog
import BursarConfiguration
import BursarEngine
import BursarHTTP
import BursarInsight
import BursarModel
import BursarUpstream

/// `POST`, `GET` and `DELETE /v1/claims`: an amount that somebody is about to spend, so that ten jobs which start together do not all
/// see the same credits. *Immutable; any thread.*
struct ClaimsRoute: Route {
    private let directory: AccountDirectory
    private let reading: FreshReading
    private let claims: ClaimBook

    init(_ parts: RouteParts) {
        directory = parts.directory
        reading = FreshReading(refresher: parts.refresher)
        claims = parts.process.insight.claims
    }

    func respond(to call: RouteCall) -> Reply {
        let (request, caller) = (call.request, call.caller)
        // What could not be read is not known to be none.
        if request.method != "POST", !claims.knowsAll { return .now(unread(request)) }
        guard let id = call.match["claim"] else {
            // In a task: thousands of claims are sorted and rendered anew for each request.
            return request.method == "POST" ? make(request, caller) : .later { list(caller) }
        }
        return request.method == "DELETE" ? release(request, caller, id: id) : .now(show(request, caller, id: id))
    }

    static let defaultTTL: Duration = .seconds(600)

    /// Whose claims a caller sees and may end: its own; an admin's, and without clients everybody's, are all.
    private func owner(_ caller: Caller) -> String? { caller.client.flatMap { $0.isAdmin ? nil : $0.name } }

    private func now() -> WallTime { reading.refresher.now.wall }

    private func list(_ caller: Caller) -> Response {
        let visible = claims.active(owner: owner(caller), now()).filter { directory.index(of: $0.account) != nil }
        var json = JSONText(reserving: 128 + visible.count * 256)
        json.object { json in
            json.string("schema", "bursar.claims.v1")
            json.array("claims") { json in
                for claim in visible { json.raw(nil, Self.json(claim)) }
            }
        }
        return Answers.json(json.bytes)
    }

    private func unread(_ request: Request) -> Response {
        InsightAnswers.unavailable(
            request, code: .claimsUnknown,
            detail: "There may be claims that could not be read yet: the store \(claims.fault?.words ?? "gives no answer").")
    }

    private func show(_ request: Request, _ caller: Caller, id: String) -> Response {
        guard let claim = claims.claim(id: id, owner: owner(caller), now()), directory.index(of: claim.account) != nil else {
            return Self.unknown(request)
        }
        return Answers.json(Self.json(claim))
    }

    /// 204, also for one that was released before.
    private func release(_ request: Request, _ caller: Caller, id: String) -> Reply {
        .later {
            let time = now()
            guard let claim = claims.claim(id: id, owner: owner(caller), time), directory.index(of: claim.account) != nil,
                await claims.release(id: id, owner: owner(caller), now: time) != nil
            else { return Self.unknown(request) }
            return Response(status: 204, headers: ["cache-control": "no-store"])
        }
    }

    private static func unknown(_ request: Request) -> Response {
        Answers.problem(
            ProblemDocument(
                code: .notFound, title: "No such claim", status: 404, detail: "It ended, or it never was.",
                requestID: request.id.description))
    }
}

// MARK: - Making one

extension ClaimsRoute {
    private struct ClaimRequest: Sendable {
        let entry: AccountEntry
        let amount: ExactDecimal
        let unit: AmountUnit?
        let ttl: Duration
        let key: String
    }

    private func make(_ request: Request, _ caller: Caller) -> Reply {
        let wanted: ClaimRequest
        do {
            wanted = try understand(request)
        } catch let error as InsightQuery.Refusal {
            return .now(Answers.badRequest(request, detail: error.detail))
        } catch let error as AccountDirectory.UnknownName {
            return .now(Answers.unknownName(request, detail: error.detail))
        } catch {
            return .now(Answers.badRequest(request, detail: "The body is not the JSON of a claim."))
        }
        return .later { await answer(wanted, request, owner: caller.client?.name ?? "") }
    }

    private func understand(_ request: Request) throws -> ClaimRequest {
        let keys = request.headers.all("idempotency-key")
        guard keys.count == 1, let key = keys.first, (1...ClaimLedger.mostDigitsOfKey).contains(key.utf8.count),
            key.utf8.allSatisfy(\.isVisibleASCII)
        else {
            throw InsightQuery.Refusal(
                detail: "Send one Idempotency-Key of 1 to \(ClaimLedger.mostDigitsOfKey) visible characters, new for each claim: "
                    + "a repeat with the same key is the same claim.")
        }
        guard let object = try? JSONReader.read(request.body, limits: JSONLimits(bytes: 4_096, depth: 4)).object else {
            throw InsightQuery.Refusal(
                detail:
                    #"The body is no JSON object such as {"account": "sample/default", "amount": "20", "unit": "credits", "ttl": "10m"}."#
            )
        }
        let known = ["account", "amount", "unit", "ttl"]
        guard object.members.allSatisfy({ known.contains($0.key) }) else {
            throw InsightQuery.Refusal(detail: "Unknown member. Known are: \(known.joined(separator: ", ")).")
        }
        guard let account = object["account"]?.text else { throw InsightQuery.Refusal(detail: "account is missing.") }
        let amount = object["amount"]
        let text: String?
        switch amount {
        case .number(let digits)?: text = digits
        default: text = amount?.text
        }
        var ttl = Self.defaultTTL
        if let value = object["ttl"] {
            guard let text = value.text, let duration = try? DurationText.parse(text),
                (ClaimLedger.shortestTTL...ClaimLedger.longestTTL).contains(duration)
            else { throw InsightQuery.Refusal(detail: "ttl takes a duration from 1s to 24h, such as 10m.") }
            ttl = duration
        }
        let unit = object["unit"].map { $0.text ?? "" }
        return ClaimRequest(
            entry: try directory.entry(named: account), amount: try InsightQuery.amount("amount", text),
            unit: try GuardRoute.unit(unit), ttl: ttl, key: key)
    }

    private func answer(_ wanted: ClaimRequest, _ request: Request, owner: String) async -> Response {
        if let earlier = await claims.earlier(owner: owner, key: wanted.key, now()) {
            let isSame = earlier.answers(wanted.entry.id, wanted.amount, wanted.unit, ttl: wanted.ttl)
            return isSame ? repeated(earlier, request) : conflict(request)
        }
        let result = await reading.take(
            wanted.entry, noOlderThan: wanted.entry.upstream.policy.ttl, trace: request.trace)
        if let unit = wanted.unit, !result.view.unitNames.isEmpty, result.view.available(unit) == nil {
            return Answers.badRequest(
                request, code: .unknownUnit,
                detail: "\(wanted.entry.id) has no available amount of that unit. It has: "
                    + "\(result.view.unitNames.joined(separator: ", ")).")
        }
        guard let unit = wanted.unit ?? result.view.firstUnit else {
            return refused(request, GuardRoute.Judged.decide(wanted.amount, nil, result, .zero), result)
        }
        let time = now()
        let claim = Claim(
            id: Self.newID(), account: wanted.entry.id, unit: unit, amount: wanted.amount, owner: owner, key: wanted.key,
            madeAt: time,
            expiresAt: time.advanced(by: wanted.ttl))
        let outcome = await claims.claim(claim, sharing: directory.names(sharing: wanted.entry)) { claimed in
            GuardRoute.Judged.decide(wanted.amount, unit, result, claimed)
        }
        switch outcome {
        case .notKept(let fault):
            return InsightAnswers.unavailable(
                request, code: .claimsNotKept, detail: "A claim must outlive this process, and the store \(fault.words).")
        case .decided(.made(let claim)): return made(claim, status: 201)
        case .decided(.repeated(let claim)): return repeated(claim, request)
        case .decided(.refused(let decision)): return refused(request, decision, result)
        case .decided(.conflict): return conflict(request)
        case .decided(.full):
            return InsightAnswers.unavailable(
                request, code: .tooManyClaims,
                detail: "The account has \(ClaimLedger.mostPerAccount) claims, as many as are kept at a time. "
                    + "A released one is kept until its ttl ends.")
        case .decided(.shareUsed):
            return InsightAnswers.unavailable(
                request, code: .tooManyClaims,
                detail: "This client has \(ClaimLedger.mostPerClient) claims of the account, as many as one may. "
                    + "A released one is kept until its ttl ends.")
        }
    }

    /// A job that stands behind its claim must not begin on one that was given back: to `curl -f` a 200 would say that it may.
    private func repeated(_ claim: Claim, _ request: Request) -> Response {
        guard claim.isReleased else { return made(claim, status: 200) }
        return Answers.problem(
            ProblemDocument(
                code: .idempotencyConflict, title: "The key was used for a claim that was released", status: 409,
                detail: "This Idempotency-Key stands for the claim \(claim.id), which holds nothing any more. "
                    + "Claim again with a new key.",
                requestID: request.id.description))
    }

    private func conflict(_ request: Request) -> Response {
        Answers.problem(
            ProblemDocument(
                code: .idempotencyConflict, title: "The key was used for another claim", status: 409,
                detail: "This Idempotency-Key stands for a claim of another account, amount, unit or ttl.",
                requestID: request.id.description))
    }

    private func made(_ claim: Claim, status: Int) -> Response {
        var response = Answers.json(Self.json(claim), status: status)
        response.headers["location"] = "/v1/claims/\(claim.id)"
        return response
    }

    private func refused(_ request: Request, _ decision: GuardDecision, _ result: FreshReading.Result) -> Response {
        let isShort = decision.answer == .no
        var problem = ProblemDocument(
            code: isShort ? .notEnough : .cannotSay,
            title: isShort ? "Not enough is left" : "It cannot be said whether enough is left",
            status: isShort ? 402 : 503,
            detail: isShort
                ? "What is available, less what is claimed, is less than this claim."
                : "There is no amount to claim from that is fresh enough: \((decision.reason ?? .unavailable).rawValue).",
            requestID: request.id.description)
        let view = result.view, next = result.nextAttempt?.wall
        problem.extensions = { json in
            json.string("needs", decision.needs.description)
            if let claimed = decision.claimed { json.string("claimed", claimed.description) }
            if let have = decision.have { json.string("have", have.description) }
            guard !isShort else { return }
            // As in a guard's answer: which failure keeps it from being said, and until when.
            json.string("problem", view.problem?.code.rawValue)
            json.string("retry_at", next?.rfc3339)
        }
        var headers: HeaderFields = [:]
        if !isShort { headers["retry-after"] = result.retryAfter.map { String($0) } }
        return Answers.problem(problem, headers: headers)
    }

    /// 128 random bits.
    private static func newID() -> String {
        var random = SystemRandomNumberGenerator()
        let words = (random.next(), random.next()) as (UInt64, UInt64)
        return "claim_" + words.0.hexText + words.1.hexText
    }

    private static func json(_ claim: Claim) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.string("id", claim.id)
            json.string("account", "\(claim.account)")
            json.string("amount", claim.amount.description)
            json.string("unit", claim.unit.name)
            json.string("made_at", claim.madeAt.rfc3339)
            json.string("expires_at", claim.expiresAt.rfc3339)
            json.string("state", claim.isReleased ? "released" : "active")
        }
        return json.bytes
    }
}
