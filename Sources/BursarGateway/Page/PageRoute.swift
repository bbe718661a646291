import BursarHTTP

/// The files of the page. *Immutable; any thread.*
struct PageRoute: Route {
    init(_ parts: RouteParts) {}

    func respond(to call: RouteCall) -> Reply {
        let request = call.request
        guard let file = Page.shared[request.path] else {
            return .now(Answers.notFound(request, detail: RouteTable.shared.summary))
        }
        return .now(Representations.choose(file, for: request, replay: nil))
    }
}
