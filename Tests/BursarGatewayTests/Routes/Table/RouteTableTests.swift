import BursarCatalog
import Testing

@testable import BursarGateway

@Suite struct RouteTableTests {
    private let table = RouteTable.shared

    private func names(_ path: String) -> [String?]? {
        table.match(path).map { match in [match.endpoint.label, match["provider"], match["account"], match["path"]] }
    }

    @Test func `each documented path has its route`() {
        #expect(names("/v1/balances") == ["/v1/balances", nil, nil, nil])
        #expect(names("/v1/balances/sunor") == ["/v1/balances/{provider}", "sunor", nil, nil])
        #expect(names("/v1/balances/sunor/main") == ["/v1/balances/{provider}/{account}", "sunor", "main", nil])
        #expect(names("/v1/balances/sunor/main/history") == ["/v1/balances/{provider}/{account}/history", "sunor", "main", nil])
        #expect(names("/v1/balances/sunor/history") == ["/v1/balances/{provider}/{account}", "sunor", "history", nil])
        #expect(names("/livez") == ["/livez", nil, nil, nil])
        #expect(names("/") == ["/", nil, nil, nil])
        #expect(table.match("/v1/claims/claim_1")?["claim"] == "claim_1")
        #expect(
            names("/providers/tensorpix/api/accounts/profile/balance/")
                == ["/providers/{provider}{path*}", "tensorpix", nil, "/api/accounts/profile/balance/"])
        #expect(
            names("/providers/hyper3d@studio/api/v2/check_balance") == [
                "/providers/{provider}@{account}{path*}", "hyper3d", "studio", "/api/v2/check_balance"
            ])
        #expect(names("/providers/hyper3d") == ["/providers/{provider}{path*}", "hyper3d", nil, ""])
    }

    @Test func `an at sign may come escaped, and so may a letter of a name`() {
        #expect(names("/providers/hyper3d%40studio/x") == ["/providers/{provider}@{account}{path*}", "hyper3d", "studio", "/x"])
        #expect(names("/v1/balances/%73unor") == ["/v1/balances/{provider}", "sunor", nil, nil])
    }

    @Test(arguments: [
        "/v1/balances/", "/v1/balances/a/b/c", "/v1/balances//x", "/providers/", "/providers", "/v1/claims/", "/v1/claims/a/b",
        "/providers/a%2Fb/c", "/providers/%zz", "/v1/balances/%00", "/v1/balances/%ff", "/providers/a%4", "", "/app.js/", "//",
        "/v1/balances/a/b/history/", "/v1/explain/a", "/nothing"
    ])
    func `a path that is none of ours has no route`(path: String) {
        #expect(table.match(path) == nil)
    }

    // A proxy in front that guards these paths compares them as they are written here.
    @Test(arguments: ["/v1/%63ooldowns/a/b", "/%61dmin/reload", "/%76%31/balances", "/%70roviders/sunor/x", "/app%2Ejs"])
    func `our own words are understood in one spelling`(path: String) {
        #expect(table.match(path) == nil)
    }

    @Test func `a label is one of a closed set, whatever is asked`() {
        #expect(table.label("/v1/balances/a/b").text == "/v1/balances/{provider}/{account}")
        #expect(table.label("/v1/guard").text == "/v1/guard")
        #expect(table.label("/v1/claims/x").text == "/v1/claims/{claim}")
        #expect(table.label("/whatever/it/is").text == "other")
        #expect(Set(table.labels).count == table.labels.count)
    }

    @Test func `no two entries are the same, and each has an operation`() {
        #expect(Set(table.endpoints.map(\.pattern.text)).count == table.endpoints.count)
        for endpoint in table.endpoints {
            #expect(!endpoint.operations.isEmpty)
            #expect(Set(endpoint.operations.map(\.method)).count == endpoint.operations.count)
            // One name cannot stand for two things of a path.
            #expect(Set(endpoint.pattern.names).count == endpoint.pattern.names.count)
        }
        #expect(table.methods == ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
    }

    @Test func `what is open to everyone is health and the page, and what changes the gateway is for admins`() {
        let open = table.endpoints.filter { $0.access(for: "GET") == .everyone }.map(\.pattern.text)
        #expect(Set(open) == Set(["/livez", "/readyz"] + Page.shared.paths))
        #expect(table.match("/admin/reload")?.endpoint.access(for: "POST") == .adminsOfEverything)
        #expect(table.match("/v1/cooldowns/a/b")?.endpoint.access(for: "DELETE") == .admins)
        #expect(table.match("/v1/balances")?.endpoint.access(for: "HEAD") == .clients)
        #expect(table.match("/v1/balances")?.endpoint.access(for: "BREW") == .clients)
    }

    @Test func `every file of the page has an entry`() {
        for path in Page.shared.paths { #expect(table.match(path)?.endpoint.label == "/", "\(path)") }
    }

    /// docs/openapi.yaml describes each operation of the table under its id, and none that the table has not.
    @Test func `the description of the interface has the operations of the table, and no others`() throws {
        let document = try JSONReader.read(OpenAPIDocument.json([], hasClients: false))
        var documented: Set<String> = []
        for path in try #require(document["paths"]?.object).members where !path.key.hasPrefix(ProviderRoute.prefix) {
            for operation in path.value.object?.members ?? [] where operation.key != "parameters" {
                documented.insert("\(operation.key.uppercased()) \(path.key) \(operation.value["operationId"]?.text ?? "-")")
            }
        }
        var served: Set<String> = []
        for endpoint in table.endpoints {
            for operation in endpoint.operations {
                guard let id = operation.id else { continue }
                served.insert("\(operation.method) \(endpoint.pattern.text) \(id)")
                let described = document["paths"]?[endpoint.pattern.text]?[operation.method.lowercased()]
                // What is open to everyone says so, and nothing else does.
                #expect((described?["security"] == []) == (operation.access == .everyone), "\(endpoint.pattern.text)")
            }
        }
        #expect(documented == served)
    }

    /// Of what takes anything nothing is described.
    @Test func `the description of the interface has the query parameters of the table, and no others`() throws {
        let document = try JSONReader.read(OpenAPIDocument.json([], hasClients: false))
        for endpoint in table.endpoints {
            for operation in endpoint.operations where operation.id != nil {
                let path = document["paths"]?[endpoint.pattern.text]
                let described = path?[operation.method.lowercased()]?["parameters"]?.elements ?? []
                let names = described.compactMap { parameter -> String? in
                    let name = parameter["$ref"]?.text?.split(separator: "/").last.map(String.init)
                    let whole = name.flatMap { document["components"]?["parameters"]?[$0] } ?? parameter
                    return whole["in"]?.text == "query" ? whole["name"]?.text : nil
                }
                // A filter that says what the path says is taken as well, and is nothing to describe.
                let table = (operation.query.names ?? []).filter { !endpoint.pattern.text.contains("{\($0)}") }
                #expect(Set(names) == Set(table), "\(endpoint.pattern.text)")
            }
        }
    }
}
