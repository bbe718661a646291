import BursarBasics
import BursarConfiguration
import BursarHTTP
import BursarInsight
import BursarModel

/// `PUT` and `DELETE /v1/alerts/mutes/{provider}/{account}`: mutes an account (`for` in the query says how long), or ends that.
/// *Immutable; any thread.*
struct AlertMuteRoute: Route {
    private let directory: AccountDirectory
    private let desk: AlertDesk

    init(_ parts: RouteParts) { (directory, desk) = (parts.directory, parts.process.alerts) }

    func respond(to call: RouteCall) -> Reply { .now(answer(call.request, call)) }

    private func answer(_ request: Request, _ call: RouteCall) -> Response {
        let id: AccountID
        do throws(AccountDirectory.UnknownName) {
            id = try directory.entry(named: "\(call.name("provider"))/\(call.name("account"))").id
        } catch {
            return Answers.unknownName(request, detail: error.detail)
        }
        guard request.method != "DELETE" else {
            desk.unmute(id)
            return Response(status: 204, headers: ["cache-control": "no-store"])
        }
        guard let text = (try? InsightQuery(request.query))?.text("for"),
            let length = try? DurationText.parse(text), (Duration.seconds(1)...AlertTiming.longestMute).contains(length)
        else {
            // As it stands in a query and behind an option alike.
            let longest = DurationText.format(AlertTiming.longestMute)
            return Answers.badRequest(request, detail: "for takes a duration from 1s to \(longest), such as 2h or 7d.")
        }
        let until = desk.mute(id, for: length)
        var json = JSONText()
        json.object { json in
            json.string("account", "\(id)")
            json.string("muted_until", until.rfc3339)
        }
        return Answers.json(json.bytes)
    }
}
