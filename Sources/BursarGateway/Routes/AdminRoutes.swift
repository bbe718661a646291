import BursarHTTP
import BursarModel
import BursarUpstream

/// The routes that change something: `POST /admin/reload` and `DELETE /v1/cooldowns/{provider}/{account}`. *Immutable; any thread.*
struct AdminRoutes: Sendable {
    let reloader: Reloader
    let process: ProcessParts

    /// Reads the configuration again.
    ///
    /// 200 with what changed; 422 with every problem where the file is wrong, and nothing changed; 409 where there is nothing to read;
    /// 503 once a stop was asked for.
    func reload(_ request: Request, from caller: Caller) -> Reply {
        if let refusal = refusal(request, caller, touchesAll: true) { return .now(refusal) }
        return .later {
            switch await reloader.reload("request") {
            case .applied(let report): return Answers.json(report.json)
            case .refused(let problems): return refused(request, problems)
            case .nothingToRead:
                return Answers.problem(
                    ProblemDocument(
                        code: "nothing_to_reload", title: "There is no configuration to read again", status: 409,
                        detail: "This gateway was started without one, as the demo is.", requestID: request.id.description))
            case .stopping:
                return Answers.problem(
                    ProblemDocument(
                        code: "not_ready", title: "Not ready", status: 503,
                        detail: "A stop was asked for; no configuration is put in force any more.",
                        requestID: request.id.description))
            }
        }
    }

    /// Lets a provider be asked again at once: cooldown, rejected key, backoff and open circuit of one account end. 204, also where
    /// nothing was held back: it is as asked for.
    func clearCooldown(
        _ request: Request, from caller: Caller, _ scope: Scope, provider: String, account: String
    ) -> Response {
        if let refusal = refusal(request, caller, touchesAll: false) { return refusal }
        do {
            for index in try scope.directory.select(provider: provider, account: account, query: .everything) {
                _ = process.refresher.clearCooldown(scope.directory[index].upstream)
            }
            return Response(status: 204, headers: ["cache-control": "no-store"])
        } catch {
            return Answers.unknownName(request, detail: error.detail)
        }
    }

    func refusal(_ request: Request, _ caller: Caller, touchesAll: Bool) -> Response? {
        switch AdminGuard.judge(request, caller, touchesAll: touchesAll) {
        case .allowed: return nil
        case .notAdmin:
            return forbidden(
                request, code: "not_admin",
                detail: "This changes the gateway: it is for clients with admin: true in the configuration.")
        case .seesTooLittle:
            return forbidden(
                request, code: "not_admin",
                detail: "This concerns every account, and is for clients with admin: true that may see them all.")
        case .notLocal:
            return forbidden(
                request, code: "not_admin",
                detail:
                    "This changes the gateway. Without clients in the configuration it is for root and the gateway's own user, over a "
                    + "Unix socket and without a proxy between. Send SIGHUP to reload, listen at a Unix socket too, or configure a "
                    + "client with admin: true.")
        case .crossSite:
            return forbidden(
                request, code: "cross_site",
                detail: "A web page of another origin sent this. Only programs and this gateway's own page may.")
        }
    }

    private func forbidden(_ request: Request, code: String, detail: String) -> Response {
        Answers.problem(
            ProblemDocument(
                code: code, title: "Not for this caller", status: 403, detail: detail, requestID: request.id.description))
    }

    private func refused(_ request: Request, _ problems: [String]) -> Response {
        var problem = ProblemDocument(
            code: "invalid_configuration", title: "The configuration is wrong, and the old one stays", status: 422,
            detail: "\(problems.count) problem\(problems.count == 1 ? "" : "s"); `bursar check` prints the same.",
            requestID: request.id.description)
        var json = JSONText()
        json.array { json in
            for problem in problems { json.string(nil, problem) }
        }
        problem.extensions = [("problems", json.bytes)]
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
            json.array("added") { json in for id in added { json.string(nil, "\(id)") } }
            json.array("removed") { json in for id in removed { json.string(nil, "\(id)") } }
            json.array("changed") { json in for id in changed { json.string(nil, "\(id)") } }
            json.array("needs_restart") { json in for name in needsRestart { json.string(nil, name) } }
        }
        return json.bytes
    }
}
