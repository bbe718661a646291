import BursarHTTP
import BursarModel
import BursarInsight

/// The routes that change something of alerts: `POST /v1/alerts/test` and `PUT`, `DELETE /v1/alerts/mutes/{provider}/{account}`.
extension AdminRoutes {
    static let longestMute: Duration = .seconds(30 * 86_400)

    /// Sends a test to one target, or to each. 200 with how each took it; none of it is tried again.
    func testAlerts(_ request: Request, from caller: Caller) -> Reply {
        if let refusal = refusal(request, caller, touchesAll: true) { return .now(refusal) }
        let desk = process.alerts
        let wanted: String?
        do throws(InsightQuery.Refusal) {
            wanted = try InsightQuery(request.query, known: ["target"]).text("target")
        } catch {
            return .now(Answers.badRequest(request, detail: error.detail))
        }
        return .later {
            let statuses = desk.targetStatuses()
            let chosen = wanted.map { name in statuses.filter { $0.name == name } } ?? statuses
            guard !chosen.isEmpty else {
                let names = statuses.map(\.name).joined(separator: ", ")
                return Answers.problem(
                    ProblemDocument(
                        code: "not_found", title: "No such target", status: 404,
                        detail: names.isEmpty ? "No targets are configured." : "There are: \(names).",
                        requestID: request.id.description))
            }
            let outcomes = await withTaskGroup { group in
                for target in chosen { group.addTask { (target.name, await desk.test(target.name)) } }
                return await group.reduce(into: [String: AlertOutcome]()) { $0[$1.0] = $1.1 }
            }
            var json = JSONText()
            json.object { json in
                json.string("schema", "bursar.alert-test.v1")
                json.array("targets") { json in
                    for target in chosen {
                        json.object(nil) { json in
                            json.string("name", target.name)
                            json.string("kind", target.kind)
                            json.string("at", target.shown)
                            json.string("outcome", outcomes[target.name]?.word ?? "failed")
                            json.string("reason", outcomes[target.name]?.reason)
                        }
                    }
                }
            }
            return Answers.json(json.bytes)
        }
    }

    /// Mutes an account (`PUT`, with `for` in the query) or ends that (`DELETE`).
    func muteAlerts(_ request: Request, from caller: Caller, _ scope: Scope, provider: String, account: String) -> Response {
        if let refusal = refusal(request, caller, touchesAll: false) { return refusal }
        let id: AccountID
        do throws(AccountDirectory.UnknownName) {
            id = try scope.directory.entry(named: "\(provider)/\(account)").id
        } catch {
            return Answers.unknownName(request, detail: error.detail)
        }
        guard request.method != "DELETE" else {
            process.alerts.unmute(id)
            return Response(status: 204, headers: ["cache-control": "no-store"])
        }
        guard let text = (try? InsightQuery(request.query, known: ["for"]))?.text("for"),
            let length = InsightQuery.duration(text),
            (Duration.seconds(1)...Self.longestMute).contains(length)
        else { return Answers.badRequest(request, detail: "for takes a duration from 1s to 720h, such as ?for=2h.") }
        let until = process.alerts.mute(id, for: length)
        var json = JSONText()
        json.object { json in
            json.string("account", "\(id)")
            json.string("muted_until", until.rfc3339)
        }
        return Answers.json(json.bytes)
    }
}

extension AlertOutcome {
    /// Of a closed set; nil where it was delivered.
    fileprivate var reason: String? {
        switch self {
        case .delivered: nil
        case .gone(let status): "http_\(status)"
        case .failed(let reason, _, _): reason
        }
    }
}
