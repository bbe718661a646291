import BursarHTTP

/// The files of the page. *Immutable; any thread.*
struct PageRoute: Route {
    init(_ parts: RouteParts) {}

    func respond(to call: RouteCall) -> Reply {
        // The first one makes the page ready, which takes milliseconds that an event loop does not have.
        .later { [request = call.request] in
            guard let file = Page.shared[request.path] else {
                return Answers.notFound(request, detail: RouteTable.shared.summary)
            }
            return Representations.choose(file, for: request, replay: nil)
        }
    }
}
