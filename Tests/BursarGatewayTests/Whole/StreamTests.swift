import BursarCatalog
import BursarClient
import BursarMocks
import BursarModel
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// `GET /v1/balances/stream` over real sockets, with the test's clock.
@Suite(.timeLimit(.minutes(3)))
struct StreamTests {
    static let path = "/v1/balances/stream"

    /// The gateway's clock goes on until it is so: what changes within a tenth of a second is told together.
    @discardableResult
    static func until(
        _ client: StreamClient, _ gateway: TestGateway, _ isSo: @escaping (StreamClient.State) -> Bool
    ) async throws -> StreamClient.State {
        // For a minute or more.
        for _ in 0..<6_000 {
            let state = client.now
            if isSo(state) { return state }
            gateway.clock.advance(by: .milliseconds(100))
            try await Task.sleep(for: .milliseconds(10))
        }
        throw StreamClient.TimedOut(state: client.now)
    }

    static func available(_ state: StreamClient.State) -> [String?] { state.model.rows.map { $0.json["available"]?.text } }
    static func statuses(_ state: StreamClient.State) -> [String?] { state.model.rows.map { $0.json["status"]?.text } }

    /// What the list shows, without asking anybody.
    static func rows(_ gateway: TestGateway, _ headers: (String, String)...) async throws -> [JSONValue] {
        let answer =
            headers.isEmpty
            ? try await gateway.get("/v1/balances", ("cache-control", "only-if-cached"))
            : try await gateway.get("/v1/balances", ("cache-control", "only-if-cached"), headers[0])
        return answer.json?["balances"]?.elements ?? []
    }

    // MARK: What comes

    @Test func `first all rows at once, also those that nobody has read, then each as it comes in`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-balance-7", "provider: tensorpix, key: mock-hang"]) { gateway in
            let client = try await StreamClient.open(gateway)
            let first = try await client.until { !$0.model.events.isEmpty }
            #expect(first.head?.status == .ok)
            #expect(first.head?.headers["content-type"] == ["text/event-stream"])
            #expect(first.head?.headers["cache-control"] == ["no-store"])
            #expect(first.head?.headers["x-accel-buffering"] == ["no"])
            #expect(first.head?.headers["content-encoding"] == [])
            #expect(first.model.rows.map(\.name) == ["sunor/default", "tensorpix/default"])
            #expect((2_000...5_000).contains(first.model.retry ?? 0))
            let then = try await Self.until(client, gateway) { Self.available($0) == ["7", nil] }
            #expect(then.model.events.map(\.name) == ["snapshot", "row"])
            #expect(then.model.rows[1].json["problem"]?["reason"]?.text == "not_read_yet")
            #expect(try await Self.rows(gateway) == then.model.rows.map(\.json))
            await client.close()
        }
    }

    @Test func `whoever listens is somebody who asks: accounts are fresh, and nothing flickers`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-drift, ttl: 60s"]) { gateway in
            let client = try await StreamClient.open(gateway)
            for round in 1...4 {
                let state = try await Self.until(client, gateway) { $0.model.count("row") == round }
                #expect(Self.statuses(state) == ["fresh"])
                #expect(try gateway.mocks.calls(for: "sunor") == round)
                gateway.clock.advance(by: .seconds(60))
            }
            let state = try await Self.until(client, gateway) { $0.model.count("row") == 5 }
            #expect(!state.text.contains("\"stale\":1") && !state.text.contains("\"status\":\"stale\""))
            await client.close()
        }
    }

    @Test func `with only-if-cached it asks nobody, and time alone is told`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok, ttl: 60s, stale_for: 10m"]) { gateway in
            let passive = try await StreamClient.open(gateway, Self.path, ("cache-control", "only-if-cached"))
            try await passive.until { $0.model.events.count == 1 }
            for _ in 0..<20 { gateway.clock.advance(by: .seconds(30)) }
            #expect(try gateway.mocks.calls(for: "sunor") == 0)
            _ = try await gateway.fresh("/v1/balances")
            try await Self.until(passive, gateway) { Self.statuses($0) == ["fresh"] }
            gateway.clock.advance(by: .seconds(60))
            try await Self.until(passive, gateway) { Self.statuses($0) == ["stale"] }
            gateway.clock.advance(by: .seconds(600))
            try await Self.until(passive, gateway) { Self.statuses($0) == ["unavailable"] }
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
            await passive.close()
        }
    }

    @Test func `a cooldown is kept, and the provider asked again when it ends`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-429-retry-after-40, ttl: 30s"]) { gateway in
            let client = try await StreamClient.open(gateway)
            try await Self.until(client, gateway) { $0.model.rows.first?.json["problem"]?["code"]?.text == "rate_limited" }
            for _ in 0..<30 { gateway.clock.advance(by: .seconds(1)) }
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
            // Its timer is set behind each change, so time has to go on until it was.
            try await Self.until(client, gateway) { _ in (try? gateway.mocks.calls(for: "sunor")) == 2 }
            await client.close()
        }
    }

    @Test func `who comes back goes on where it was, and in another process gets a snapshot`() async throws {
        let accounts = ["provider: sunor, key: mock-drift, ttl: 60s", "provider: legnext, key: mock-ok, ttl: 1h"]
        var model = StreamModel()
        try await TestGateway.with(accounts) { gateway in
            let first = try await StreamClient.open(gateway)
            model = try await Self.until(first, gateway) { $0.model.count("row") == 2 }.model
            await first.close()
            #expect(await gateway.log.contains("\(Self.path)\""))
            gateway.clock.advance(by: .seconds(61))
            _ = try await gateway.get("/v1/balances", ("cache-control", "max-age=1"))
            let again = try await StreamClient.open(gateway, resuming: model)
            let state = try await again.until { $0.model.count("row") >= 3 }
            #expect(state.model.count("snapshot") == 1)
            #expect(try await Self.rows(gateway) == state.model.rows.map(\.json))
            model = state.model
            await again.close()
            // Of another view the id says nothing.
            let other = try await StreamClient.open(gateway, Self.path + "?provider=sunor", resuming: model)
            #expect(try await other.until { $0.model.count("snapshot") == 2 }.model.rows.count == 1)
            await other.close()
        }
        try await TestGateway.with(accounts) { gateway in
            let client = try await StreamClient.open(gateway, resuming: model)
            try await client.until { $0.model.count("snapshot") == 2 }
            await client.close()
        }
    }

    @Test func `filters are those of the list, and what it cannot give is told`() async throws {
        try await TestGateway.with(TestGateway.five) { gateway in
            let client = try await StreamClient.open(gateway, Self.path + "?provider=sunor,legnext&account=default")
            let state = try await client.until { !$0.model.events.isEmpty }
            #expect(state.model.rows.map(\.name) == ["legnext/default", "sunor/default"])
            await client.close()
            for (query, status, words) in [
                ("provider=nobody", 404, "No account of \\\"nobody\\\""), ("account=x", 404, "There is no account"),
                ("include=runway", 400, "Known are: provider, account"), ("require=sunor", 400, "Known are: provider, account"),
                ("limit=1", 400, "Known are: provider, account"), ("provider=%ZZ", 400, "percent-encod"),
                ("provider=", 400, "takes names")
            ] {
                let answer = try await gateway.get(Self.path + "?" + query)
                #expect(answer.status == status && answer.text.contains(words), "\(query): \(answer.text)")
            }
        }
    }

    @Test func `HEAD, OPTIONS and other methods are answered and subscribe to nothing`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway in
            let head = try await gateway.get(Self.path, method: .HEAD)
            #expect(head.status == 200 && head.bytes.isEmpty && head.headers["content-type"] == ["text/event-stream"])
            let options = try await gateway.get(Self.path, method: .OPTIONS)
            #expect(options.status == 204 && options.headers["allow"] == ["GET, HEAD, OPTIONS"])
            let post = try await gateway.get(Self.path, method: .POST)
            #expect(post.status == 405)
            #expect(try await gateway.get("/metrics").text.contains("\nbursar_stream_subscribers 0\n"))
            #expect(try gateway.mocks.calls(for: "sunor") == 0)
        }
    }

    // MARK: Reloads

    @Test func `a reload tells what has gone, what has come and what is another order`() async throws {
        let (a, b, c) = (
            "provider: sunor, name: a, key: mock-ok", "provider: sunor, name: b, key: mock-ok-200",
            "provider: legnext, name: c, key: mock-ok"
        )
        try await TestGateway.with([a, b]) { gateway in
            let client = try await StreamClient.open(gateway)
            try await Self.until(client, gateway) { Self.statuses($0) == ["fresh", "fresh"] }
            await gateway.reload([b])
            let state = try await client.until { $0.model.count("gone") == 1 }
            #expect(state.model.rows.map(\.name) == ["sunor/b"])
            #expect(state.model.count("snapshot") == 1)
            await gateway.reload([b, c])
            try await Self.until(client, gateway) { Self.statuses($0) == ["fresh", "fresh"] && $0.model.rows.count == 2 }
            #expect(client.now.model.count("snapshot") == 2)
            await gateway.reload([c, b])
            let turned = try await client.until { $0.model.count("snapshot") == 3 }
            #expect(turned.model.rows.map(\.name) == ["legnext/c", "sunor/b"])
            // A row that says something else now.
            await gateway.reload([c, b + ", low: 1000000"])
            try await client.until { $0.model.rows.last?.json["low"]?.boolean == true }
            #expect(try await Self.rows(gateway) == client.now.model.rows.map(\.json))
            await client.close()
        }
    }

    @Test func `each client sees its own accounts, and a token that goes ends its stream`() async throws {
        let (ann, bob) = (TestClient("ann"), TestClient("bob"))
        let accounts = ["provider: sunor, key: mock-ok", "provider: legnext, key: mock-ok"]
        func clients(_ lines: String...) -> String { "clients:\n" + lines.joined() }
        try await TestGateway.with(
            accounts, settings: clients(ann.line(allow: "[sunor]"), bob.line(allow: "[legnext]"))
        ) { gateway in
            let anns = try await StreamClient.open(gateway, Self.path, ann.bearer)
            let bobs = try await StreamClient.open(gateway, Self.path, bob.bearer)
            try await Self.until(anns, gateway) { Self.statuses($0) == ["fresh"] }
            try await Self.until(bobs, gateway) { Self.statuses($0) == ["fresh"] }
            #expect(anns.now.model.rows.map(\.name) == ["sunor/default"])
            #expect(bobs.now.model.rows.map(\.name) == ["legnext/default"])
            #expect(!anns.now.text.contains("legnext") && !bobs.now.text.contains("sunor"))
            #expect(try await gateway.get(Self.path).status == 401)
            #expect(try await gateway.get(Self.path + "?provider=legnext", ann.bearer).status == 404)

            // Bob may see both from here on; Ann's token is not there any more.
            await gateway.reload(accounts, settings: clients(bob.line()))
            let ended = try await anns.until(\.isEnded)
            #expect(ended.model.bye == "credential")
            #expect(try await bobs.until { $0.model.rows.count == 2 }.model.count("snapshot") == 2)
            #expect(!anns.now.text.contains("legnext"))
            await bobs.close()
        }
    }

    @Test func `a token whose time is over is told nothing more`() async throws {
        let ann = TestClient("ann")
        let accounts = ["provider: sunor, key: mock-drift, ttl: 30s"]
        // The test's clock begins at this moment.
        let start = ManualClock().now.wall
        let end = start.advanced(by: .seconds(100)).rfc3339
        try await TestGateway.with(accounts, settings: "clients:\n" + ann.line("expires: '\(end)'")) { gateway in
            let client = try await StreamClient.open(gateway, Self.path, ann.bearer)
            try await Self.until(client, gateway) { Self.statuses($0) == ["fresh"] }
            let rows = client.now.model.count("row")
            gateway.clock.advance(by: .seconds(101))
            let state = try await Self.until(client, gateway, \.isEnded)
            #expect(state.model.bye == "credential" && state.model.count("row") == rows)
            await client.close()
        }
    }

    // MARK: Limits and ends

    @Test func `there are so many places and no more, and each is given back`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"], settings: "limits: {streams: 2, streams_per_peer: 1}") {
            gateway in
            let first = try await StreamClient.open(gateway)
            try await first.until { !$0.model.events.isEmpty }
            let refused = try await gateway.get(Self.path)
            #expect(refused.status == 503 && refused.text.contains("urn:bursar:problem:too_many_streams"))
            #expect(refused.headers["retry-after"] == ["10"])
            #expect(try await gateway.get("/v1/balances").status == 200)
            #expect(try await gateway.get("/metrics").text.contains("\nbursar_stream_subscribers 1\n"))
            await first.close()
            #expect(await gateway.log.contains("\(Self.path)\""))
            // The place is given back.
            try await eventually(
                {
                    let next = try await StreamClient.open(gateway)
                    let state = try await next.until { !$0.model.events.isEmpty || $0.isEnded }
                    await next.close()
                    return state.head?.status == .ok
                }, pause: .milliseconds(50))
        }
    }

    @Test func `a stop says goodbye to each, also to those that read nothing`() async throws {
        let gateway = try await TestGateway.start(["provider: sunor, key: mock-ok"], settings: "drain: {deadline: 5s}")
        var clients: [StreamClient] = []
        for _ in 0..<8 { clients.append(try await StreamClient.open(gateway)) }
        for client in clients { try await client.until { !$0.model.events.isEmpty } }
        let slow = try await StreamClient.open(gateway, reads: false)
        let begun = ContinuousClock.now
        try await gateway.stop()
        // The deadline, and time for a slow machine.
        #expect(ContinuousClock.now - begun < .seconds(30))
        for client in clients {
            #expect(try await client.until(\.isEnded).model.bye == "draining")
            #expect(client.now.error == nil)
        }
        await slow.close()
    }

    @Test func `a slow reader delays nobody, and gets the newest once it reads`() async throws {
        let accounts = (0..<300).map { "provider: sunor, name: a\($0), key: mock-drift-\($0), ttl: 1h, base_url: 'BASE'" }
        let mocks = try await MockProviders.start()
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = folder.file("s")
        let gateway = try await TestGateway.start(
            accounts.map { $0.replacing("BASE", with: mocks.baseURL(for: "sunor")) }
                .map { $0.replacing(/mock-drift-(\d+)/) { "mock-drift~\($0.1)" } },
            listen: "['127.0.0.1:0', 'unix:\(socket)']", mocks: mocks)
        // A Unix socket's buffer is small: a TCP socket of the kernel would take all that the gateway has to say.
        let slow = try await StreamClient.open(at: try SocketAddress(unixDomainSocketPath: socket), reads: false)
        let quick = try await StreamClient.open(gateway)
        try await Self.until(quick, gateway) { Self.statuses($0).allSatisfy { $0 == "fresh" } && $0.model.rows.count == 300 }
        for round in 1...10 {
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            let wanted = try await Self.rows(gateway)
            let state = try await Self.until(quick, gateway) { $0.model.rows.map(\.json) == wanted }
            #expect(state.model.count("row") >= 300 * round)
        }
        #expect(slow.now.model.events.isEmpty)
        slow.readOn()
        let wanted = try await Self.rows(gateway)
        let state = try await Self.until(slow, gateway) { $0.model.rows.map(\.json) == wanted }
        #expect(state.model.events.count < quick.now.model.events.count / 2, "\(state.model.events.count)")
        await slow.close()
        await quick.close()
        try await gateway.stop()
        await mocks.stop()
    }

    @Test func `whoever hangs up leaves nothing behind`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok, ttl: 60s"]) { gateway in
            for _ in 0..<20 {
                let client = try await StreamClient.open(gateway)
                try await client.until { !$0.model.events.isEmpty }
                await client.close()
            }
            try await eventually(
                { try await gateway.get("/metrics").text.contains("\nbursar_stream_subscribers 0\n") }, pause: .milliseconds(5))
            let calls = try gateway.mocks.calls(for: "sunor")
            for _ in 0..<10 { gateway.clock.advance(by: .seconds(60)) }
            #expect(try gateway.mocks.calls(for: "sunor") == calls, "nobody asks any more")
        }
    }
}
