extension Endpoint {
    private static let balances = QueryNames(BalancesQuery.known)

    /// The table of routes. Of two patterns that fit a path the first one answers.
    static let all: [Endpoint] =
        [
            Endpoint("/v1/balances", BalancesRoute.self, isKeptHot: true, .get("listBalances", takes: balances)),
            Endpoint(
                "/v1/balances/{provider}", BalancesRoute.self, isKeptHot: true,
                .get("listProviderBalances", takes: balances)),
            Endpoint(
                "/v1/balances/{provider}/{account}", BalancesRoute.self, isKeptHot: true,
                .get("getBalance", takes: balances)),
            Endpoint("/v1/balances/stream", StreamRoute.self, .get("streamBalances", takes: ["provider", "account"])),
            Endpoint(
                "/v1/balances/{provider}/{account}/history", HistoryRoute.self,
                .get("getHistory", takes: ["since", "until", "step", "by", "format", "limit", "after", "pretty"])),
            Endpoint(
                "/v1/guard", GuardRoute.self,
                .get("guard", takes: ["account", "needs", "unit", "fresh", "strict", "pretty"])),
            Endpoint("/v1/claims", ClaimsRoute.self, .get("listClaims"), .post("makeClaim")),
            Endpoint("/v1/claims/{claim}", ClaimsRoute.self, .get("getClaim"), .delete("releaseClaim")),
            Endpoint("/v1/explain/{provider}/{account}", ExplainRoute.self, .get("explain")),
            Endpoint("/v1/alerts", AlertsRoute.self, .get("alerts")),
            Endpoint(
                "/v1/alerts/test", AlertTestRoute.self,
                .post("testAlerts", for: .adminsOfEverything, takes: ["target", "pretty"])),
            Endpoint(
                "/v1/alerts/mutes/{provider}/{account}", AlertMuteRoute.self,
                .put("muteAlerts", for: .admins, takes: ["for", "pretty"]),
                .delete("unmuteAlerts", for: .admins)),
            Endpoint("/v1/providers", ProvidersRoute.self, .get("listProviders")),
            Endpoint("/v1/status", StatusRoute.self, .get("getStatus")),
            Endpoint(
                "/v1/cooldowns/{provider}/{account}", CooldownRoute.self,
                .delete("clearCooldown", for: .admins)),
            Endpoint("/admin/reload", ReloadRoute.self, .post("reload", for: .adminsOfEverything)),
            Endpoint(
                ProviderRoute.prefix + "{provider}@{account}{path*}", ProviderRoute.self, isKeptHot: true,
                .get(nil, for: .clientsOfProvider, takes: .anything), .post(nil, for: .clientsOfProvider, takes: .anything)),
            Endpoint(
                ProviderRoute.prefix + "{provider}{path*}", ProviderRoute.self, isKeptHot: true,
                .get(nil, for: .clientsOfProvider, takes: .anything), .post(nil, for: .clientsOfProvider, takes: .anything)),
            Endpoint("/livez", LiveRoute.self, .get("live", for: .everyone, takes: .anything)),
            Endpoint("/readyz", ReadyRoute.self, .get("ready", for: .everyone, takes: .anything)),
            Endpoint("/metrics", MetricsRoute.self, .get("metrics", takes: .anything)),
            Endpoint("/openapi.json", OpenAPIRoute.self, .get("document", for: .everyoneUnlessWrong, takes: ["all", "pretty"])),
            Endpoint("/", PageRoute.self, .get("page", for: .everyone, takes: .anything)),
            Endpoint("/page.js", PageRoute.self, .get("pageScript", for: .everyone, takes: .anything)),
            Endpoint("/style.css", PageRoute.self, .get("pageStyle", for: .everyone, takes: .anything)),
            Endpoint("/early.js", PageRoute.self, .get(nil, for: .everyone, takes: .anything)),
            Endpoint("/cards.css", PageRoute.self, .get(nil, for: .everyone, takes: .anything)),
            Endpoint("/icon.svg", PageRoute.self, .get("pageIcon", for: .everyone, takes: .anything))
        ]
}
