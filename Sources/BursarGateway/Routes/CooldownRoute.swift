import BursarHTTP
import BursarUpstream

/// `DELETE /v1/cooldowns/{provider}/{account}`: lets a provider be asked again at once. Cooldown, rejected key, backoff and open circuit of
/// one account end. 204, also where nothing was held back: it is as asked for. *Immutable; any thread.*
struct CooldownRoute: Route {
    private let directory: AccountDirectory
    private let refresher: Refresher

    init(_ parts: RouteParts) {
        directory = parts.directory
        refresher = parts.refresher
    }

    func respond(to call: RouteCall) -> Reply {
        do {
            for index in try directory.select(
                provider: call.name("provider"), account: call.name("account"), query: .everything)
            {
                _ = refresher.clearCooldown(directory[index].upstream)
            }
            return .now(Response(status: 204, headers: ["cache-control": "no-store"]))
        } catch {
            return .now(Answers.unknownName(call.request, detail: error.detail))
        }
    }
}
