import BursarCatalog
import BursarModel
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// Every route of the table, and every provider's as the interface's description names it, asked by every kind of caller;
/// docs/access-matrix.md is what came out.
///
/// Where it differs the test fails; `BURSAR_REGENERATE=1` writes it anew.
@Suite struct AccessMatrixTests {
    private static let right = TestClient("right")
    private static let admin = TestClient("admin")
    private static let expired = TestClient("expired")
    /// They see one account each, of different providers, so that for every route there is one that may not see its.
    private static let elsewhere = [TestClient("elsewhere"), TestClient("elsewhere too")]

    private static let clients =
        "clients:\n" + right.line() + admin.line("admin: true") + expired.line("expires: 2020-01-01")
        + elsewhere[0].named("elsewhere").line(allow: "[legnext]")
        + elsewhere[1].named("elsewhere-too").line(allow: "[deepixels]")

    private struct Row {
        let method: String
        /// As described.
        let template: String

        var path: String { TestGateway.path(template) }
    }

    @Test func `the documented matrix is what callers get`() async throws {
        let table = try await TestGateway.with(TestGateway.five, settings: Self.clients) { gateway async throws in
            // Everything is read once, so that no answer depends on the order.
            _ = try await gateway.get("/v1/balances", Self.right.bearer)
            var lines: [String] = []
            for route in try await Self.rows(gateway) {
                let scope = route.path.contains("legnext") ? Self.elsewhere[1] : Self.elsewhere[0]
                var cells = [try await Self.cell(gateway, route, nil)]
                for token in [TestClient("wrong"), Self.expired, scope, Self.right, Self.admin] {
                    cells.append(try await Self.cell(gateway, route, token))
                }
                lines.append("| `\(route.method) \(route.template)` | " + cells.joined(separator: " | ") + " |")
            }
            return lines
        }
        #expect(table.count > 20)
        #expect(
            table.allSatisfy {
                !$0.hasSuffix("| 400 problem | 400 problem | 400 problem | 400 problem | 400 problem | 400 problem |")
            })
        let file = URL(filePath: #filePath).appending(path: "../../../../docs/access-matrix.md").standardizedFileURL
        let text = Self.introduction + table.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["BURSAR_REGENERATE"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let documented = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(documented == text, "docs/access-matrix.md is not what callers get; BURSAR_REGENERATE=1 writes it anew")
    }

    private static let introduction = """
        # Who gets what

        With clients configured: what each kind of caller gets from each route. Made and checked by a test (`AccessMatrixTests`) that asks all of
        them; how it is read:

        - *none*: no credential. *wrong*: a well-formed token that no client has. *expired*: the token of a client whose time is over. *other
          scope*: a client that may not see the account. *right*: one that may see everything. *admin*: the same with `admin: true`.
        - *problem* is a problem document of Bursar's own; *provider's* is the shape that the provider documents for that status.
        - *own rows*: the answer has what that caller may see and nothing else.
        - The token stands in the provider's documented header on provider routes, and behind `Authorization: Bearer` on the others.

        | route | none | wrong | expired | other scope | right | admin |
        |---|---|---|---|---|---|---|

        """

    private static func rows(_ gateway: TestGateway) async throws -> [Row] {
        let own = RouteTable.shared.endpoints.flatMap { endpoint in
            endpoint.operations.filter { $0.id != nil }.map { Row(method: $0.method, template: endpoint.pattern.text) }
        }
        let document = try #require(try await gateway.get("/openapi.json").json)
        let paths = document["paths"]?.object?.members.map(\.key).filter { $0.hasPrefix(ProviderRoute.prefix) } ?? []
        return own + paths.map { Row(method: "GET", template: $0) }
    }

    private static func cell(_ gateway: TestGateway, _ route: Row, _ client: TestClient?) async throws -> String {
        // Delays of failures begin anew.
        gateway.clock.advance(by: .seconds(121))
        var headers: [(String, String)] = []
        if let client { headers.append(header(route, client)) }
        // A stream has no end to wait for.
        let method = route.template.hasSuffix("/stream") ? .HEAD : HTTPMethod(rawValue: route.method)
        let answer =
            headers.isEmpty
            ? try await gateway.get(route.path, method: method) : try await gateway.get(route.path, method: method, headers[0])
        var cell = "\(answer.status)"
        let type = answer.headers.first(name: "content-type") ?? ""
        if type == "application/problem+json" {
            cell += " problem"
        } else if answer.status == 401 || answer.status == 403 {
            cell += " provider's"
        }
        if answer.status == 200, let client, elsewhere.contains(where: { $0.token == client.token }),
            answer.text.contains("legnext"),
            !answer.text.contains("sunor")
        {
            cell += ", own rows"
        }
        return cell
    }

    private static func header(_ route: Row, _ client: TestClient) -> (String, String) {
        guard route.path.hasPrefix("/providers/") else { return client.bearer }
        if route.path.contains("tensorpix") { return ("authorization", "Token \(client.token)") }
        if route.path.contains("hyper3d") { return client.bearer }
        return ("x-api-key", client.token)
    }
}

extension TestClient {
    /// The same token under a name that a configuration takes.
    fileprivate func named(_ name: String) -> TestClient { TestClient(token: token, digest: digest, name: name) }
}
