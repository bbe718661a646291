import BursarBasics
import BursarConfiguration
import BursarHTTP
import BursarInsight
import BursarModel

/// `POST /v1/alerts/test`: sends a test to one target, or to each. 200 with how each took it; none of it is tried again.
/// *Immutable; any thread.*
struct AlertTestRoute: Route {
    private let desk: AlertDesk

    init(_ parts: RouteParts) { desk = parts.process.alerts }

    func respond(to call: RouteCall) -> Reply {
        let request = call.request
        let wanted: String?
        do throws(InsightQuery.Refusal) {
            wanted = try InsightQuery(request.query).text("target")
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
                        code: .notFound, title: "No such target", status: 404,
                        detail: names.isEmpty
                            ? "No targets are configured."
                            : "No target \(ShowableText.quoted(wanted ?? "", else: "of that name")); there are \(names).",
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
