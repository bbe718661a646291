import BursarBasics
import BursarHTTP

/// `POST /admin/reload`: reads the configuration again. *Immutable; any thread.*
///
/// 200 with what changed; 422 with every problem where the file is wrong, and nothing changed; 409 where there is nothing to read;
/// 503 once a stop was asked for.
struct ReloadRoute: Route {
    init(_ parts: RouteParts) {}

    func respond(to call: RouteCall) -> Reply {
        let (request, reloader) = (call.request, call.reloader)
        return .later {
            switch await reloader.reload("request") {
            case .applied(let report): return Answers.json(report.json)
            case .refused(let problems): return refused(request, problems)
            case .nothingToRead: return Self.nothingToRead(request)
            case .stopping:
                return Answers.problem(
                    ProblemDocument(
                        code: .notReady, title: "Not ready", status: 503,
                        detail: "A stop was asked for; no configuration is put in force any more.",
                        requestID: request.id.description))
            }
        }
    }

    static func nothingToRead(_ request: Request) -> Response {
        Answers.problem(
            ProblemDocument(
                code: .nothingToReload, title: "There is no configuration to read again", status: 409,
                detail: "This gateway was started without one, as the demo is.", requestID: request.id.description))
    }

    private func refused(_ request: Request, _ problems: [String]) -> Response {
        var problem = ProblemDocument(
            code: .invalidConfiguration, title: "The configuration is wrong, and the old one stays", status: 422,
            detail: problems.count == 1 ? "1 problem; `problems` has it." : "\(problems.count) problems; `problems` has them.",
            requestID: request.id.description)
        problem.extensions = { json in json.strings("problems", problems) }
        return Answers.problem(problem)
    }
}

extension ReloadReport {
    /// `bursar.reload.v1`.
    var json: [UInt8] {
        var json = JSONText()
        json.object { json in
            json.string("schema", "bursar.reload.v1")
            json.integer("accounts", accounts)
            json.strings("added", added.map { "\($0)" })
            json.strings("removed", removed.map { "\($0)" })
            json.strings("changed", changed.map { "\($0)" })
            json.strings("needs_restart", needsRestart)
        }
        return json.bytes
    }
}
