extension Endpoint {
    /// The table of routes. Of two patterns that fit a path the first one answers.
    static let all: [Endpoint] =
        [
            Endpoint("/v1/balances", BalancesRoute.self, label: "balances", isKeptHot: true, .get("listBalances")),
            Endpoint(
                "/v1/balances/{provider}", BalancesRoute.self, label: "balances", isKeptHot: true, .get("listProviderBalances")),
            Endpoint(
                "/v1/balances/{provider}/{account}", BalancesRoute.self, label: "balances", isKeptHot: true, .get("getBalance")),
            Endpoint("/v1/balances/stream", StreamRoute.self, label: "stream", .get("streamBalances")),
            Endpoint("/v1/balances/{provider}/{account}/history", HistoryRoute.self, label: "history", .get("getHistory")),
            Endpoint("/v1/guard", GuardRoute.self, label: "guard", .get("guard")),
            Endpoint("/v1/claims", ClaimsRoute.self, label: "claims", .get("listClaims"), .post("makeClaim")),
            Endpoint("/v1/claims/{claim}", ClaimsRoute.self, label: "claims", .get("getClaim"), .delete("releaseClaim")),
            Endpoint("/v1/explain/{provider}/{account}", ExplainRoute.self, label: "explain", .get("explain")),
            Endpoint("/v1/alerts", AlertsRoute.self, label: "alerts", .get("alerts")),
            Endpoint("/v1/alerts/test", AlertTestRoute.self, label: "alerts", .post("testAlerts", for: .adminsOfEverything)),
            Endpoint(
                "/v1/alerts/mutes/{provider}/{account}", AlertMuteRoute.self, label: "alerts",
                .put("muteAlerts", for: .admins),
                .delete("unmuteAlerts", for: .admins)),
            Endpoint("/v1/providers", ProvidersRoute.self, label: "providers", .get("listProviders")),
            Endpoint("/v1/status", StatusRoute.self, label: "status", .get("getStatus")),
            Endpoint(
                "/v1/cooldowns/{provider}/{account}", CooldownRoute.self, label: "cooldown",
                .delete("clearCooldown", for: .admins)),
            Endpoint("/admin/reload", ReloadRoute.self, label: "reload", .post("reload", for: .adminsOfEverything)),
            Endpoint(
                ProviderRoute.prefix + "{provider}@{account}{path*}", ProviderRoute.self, label: "provider", isKeptHot: true,
                .get(nil, for: .clientsOfProvider), .post(nil, for: .clientsOfProvider)),
            Endpoint(
                ProviderRoute.prefix + "{provider}{path*}", ProviderRoute.self, label: "provider", isKeptHot: true,
                .get(nil, for: .clientsOfProvider), .post(nil, for: .clientsOfProvider)),
            Endpoint("/livez", LiveRoute.self, label: "live", .get("live", for: .everyone)),
            Endpoint("/readyz", ReadyRoute.self, label: "ready", .get("ready", for: .everyone)),
            Endpoint("/metrics", MetricsRoute.self, label: "metrics", .get("metrics")),
            Endpoint("/openapi.json", OpenAPIRoute.self, label: "openAPI", .get("document", for: .everyoneUnlessWrong)),
            Endpoint("/", PageRoute.self, label: "page", .get("page", for: .everyone)),
            Endpoint("/page.js", PageRoute.self, label: "page", .get("pageScript", for: .everyone)),
            Endpoint("/style.css", PageRoute.self, label: "page", .get("pageStyle", for: .everyone)),
            Endpoint("/icon.svg", PageRoute.self, label: "page", .get("pageIcon", for: .everyone))
        ] + others

    /// What the page's first files ask for.
    private static let others = Page.shared.paths.filter { !["/", "/page.js", "/style.css", "/icon.svg"].contains($0) }.map {
        Endpoint($0, PageRoute.self, label: "page", .get(nil, for: .everyone))
    }
}
