import BursarBasics
import Dispatch
import Foundation
import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import BursarHTTP

@Suite(.timeLimit(.minutes(1))) struct HTTPServerTests {
    @Test func `several addresses are served and their real ports told`() async throws {
        let path = "/tmp/bursar-test-\(UInt64.random(in: 0...UInt64.max)).sock"
        let listeners = [
            ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0)), ListenerConfiguration(.tcp(host: "::1", port: 0)),
            ListenerConfiguration(.unix(path: path, mode: 0o600))
        ]
        try await withServer(
            listeners: listeners, respond: { .now(Response(status: 200, text: $0.clientText + " " + $0.listener)) }
        ) {
            server async throws in
            #expect(server.addresses.map(\.port).map { $0 != 0 } == [true, true, true])
            #expect(server.addresses[2].description == "unix:\(path)")
            #expect(server.addresses[0].url?.hasPrefix("http://127.0.0.1:") == true)
            let expected = ["127.0.0.1 127.0.0.1:0", "::1 [::1]:0", "unix unix:\(path)"]
            for (index, text) in expected.enumerated() {
                #expect(try await RawClient.connect(to: server, index).get("/").hasSuffix("\r\n\r\n" + text))
            }
        }
    }

    @Test func `an answer that takes time keeps its place and blocks no other connection`() async throws {
        let gate = Gate()
        try await withServer(
            respond: { request in
                guard request.path == "/slow" else { return .now(Response(status: 200, text: request.path)) }
                return .later {
                    await gate.pass()
                    return Response(status: 200, text: "slow")
                }
            },
            { server async throws in
                let first = try await RawClient.connect(to: server)
                try await first.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n")
                let second = try await RawClient.connect(to: server)
                #expect(try await second.get("/b").hasSuffix("\r\n\r\n/b"))
                gate.open()
                #expect(await first.response().hasSuffix("\r\n\r\nslow"))
                #expect(await first.response().hasSuffix("\r\n\r\n/a"))
            })
    }

    @Test func `a client that leaves cancels its own task and is reported`() async throws {
        let (started, cancelled) = (Gate(), Gate())
        let observer = RecordingObserver()
        try await withServer(
            observer: observer,
            respond: { _ in
                .later {
                    started.open()
                    await withTaskCancellationHandler {
                        await cancelled.pass()
                    } onCancel: {
                        cancelled.open()
                    }
                    return Response(status: 200)
                }
            },
            { server async throws in
                let client = try await RawClient.connect(to: server)
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                await started.pass()
                await client.close()
                await cancelled.pass()
                try await eventually { observer.records.map(\.status) == [0] }
                #expect(server.counters[.clientLeft] == 1)
            })
    }

    @Test func `a drain finishes what is in flight and takes nothing new`() async throws {
        let (started, gate) = (Gate(), Gate())
        try await withServer(
            respond: { _ in
                .later {
                    started.open()
                    await gate.pass()
                    return Response(status: 200, text: "done")
                }
            },
            { server async throws in
                let idle = try await RawClient.connect(to: server)
                let busy = try await RawClient.connect(to: server)
                try await busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                await started.pass()
                async let drained: Void = server.drain(by: .now() + .seconds(30))
                #expect(await idle.end() == "")
                await #expect(throws: (any Error).self) { try await RawClient.connect(to: server) }
                gate.open()
                let answer = await busy.end()
                #expect(answer.contains("\r\nConnection: close\r\n"))
                #expect(answer.hasSuffix("done"))
                await drained
                #expect(server.counters.connectionsOpen.load(ordering: .relaxed) == 0)
                #expect(server.counters[.drainDeadline] == 0)
            })
    }

    @Test func `a drain ends at its deadline whoever is still there`() async throws {
        let started = Gate()
        try await withServer(
            respond: { _ in
                started.open()
                return .after(TestWait()) { Response(status: 200) }
            },
            { server async throws in
                let client = try await RawClient.connect(to: server)
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                await started.pass()
                await server.drain(by: .now())
                #expect(await client.end() == "")
                #expect(server.counters[.drainDeadline] == 1)
            })
    }

    @Test func `one connection too many is told so and the others go on`() async throws {
        var limits = ServerLimits()
        limits.connections = 2
        try await withServer(limits: limits) { server async throws in
            let first = try await RawClient.connect(to: server)
            let second = try await RawClient.connect(to: server)
            _ = try await (first.get("/"), second.get("/"))
            let third = try await RawClient.connect(to: server)
            #expect(await third.response().hasPrefix("HTTP/1.1 503 "))
            #expect(server.counters[.tooManyConnections] == 1)
            #expect(try await first.get("/a").hasSuffix("/a"))
            await third.close()
            await second.close()
            try await eventually { server.counters.connectionsOpen.load(ordering: .relaxed) == 1 }
            #expect(try await RawClient.connect(to: server).get("/b").hasSuffix("/b"))
        }
    }

    @Test func `one address has its share of connections`() async throws {
        var limits = ServerLimits()
        limits.connectionsPerPeer = 1
        try await withServer(limits: limits) { server async throws in
            let first = try await RawClient.connect(to: server)
            _ = try await first.get("/")
            let second = try await RawClient.connect(to: server)
            #expect(await second.response().hasPrefix("HTTP/1.1 503 "))
            #expect(server.counters[.tooManyConnectionsOfPeer] == 1)
        }
    }

    @Test func `the PROXY header names the peer, and without it nothing is answered`() async throws {
        let ranges = [try #require(AddressRange("127.0.0.0/8"))]
        let listener = ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0), proxyProtocolSources: ranges)
        try await withServer(listeners: [listener], respond: { .now(Response(status: 200, text: $0.clientText)) }) {
            server async throws in
            let client = try await RawClient.connect(to: server)
            try await client.send("PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await client.response().hasSuffix("\r\n\r\n192.0.2.7"))
            let bare = try await RawClient.connect(to: server)
            try await bare.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await bare.end() == "")
            #expect(server.counters[.proxyHeaderRefused] == 1)
        }
    }

    @Test func `a trusted proxy says for whom it asks, others do not`() async throws {
        for (range, peer) in [("127.0.0.1", "192.0.2.9"), ("10.0.0.0/8", "127.0.0.1")] {
            let ranges = [try #require(AddressRange(range))]
            try await withServer(trustedProxies: ranges, respond: { .now(Response(status: 200, text: $0.clientText)) }) {
                server async throws in
                let client = try await RawClient.connect(to: server)
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n")
                #expect(await client.response().hasSuffix("\r\n\r\n" + peer))
            }
        }
    }

    @Test func `an address in use is an error that names it, and nothing stays open`() async throws {
        try await withServer { server async throws in
            let port = try #require(server.addresses[0].port)
            let second = HTTPServer(
                configuration: ServerConfiguration(listeners: [
                    ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0)),
                    ListenerConfiguration(.tcp(host: "127.0.0.1", port: port))
                ]), responder: ClosureResponder { _ in .now(Response(status: 200)) }, group: server.eventLoopGroup)
            let error = await #expect(throws: ListenError.self) { try await second.start() }
            #expect(error?.description == "cannot listen on 127.0.0.1:\(port): Address already in use")
            #expect(second.addresses.isEmpty)
        }
    }

    // A2: it counted as "unix": past the host check, past the admin check.
    @Test func `A2: a TCP peer that is gone before it is accepted is closed, and nothing it sent is done`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let asked = TestCounter()
        let server = HTTPServer(
            configuration: ServerConfiguration(listeners: [ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0))]),
            responder: ClosureResponder { request in
                asked.add()
                return .now(Response(status: 200, text: "\(request.connection.peer)"))
            }, group: group)
        try await server.start()
        let port = try #require(server.addresses[0].port)
        let (entered, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        group.next().execute {
            entered.signal()
            go.wait()
        }
        await onOwnThread { entered.wait() }
        let gone = GoneClient.ask("POST /admin/reload HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n", port: port)
        go.signal()
        #expect(gone)
        // Accepted behind it.
        #expect(try await RawClient.connect(to: server).get("/").hasSuffix("\r\n\r\n127.0.0.1"))
        #expect(asked.count == 1)
        #expect(server.counters.connectionsAccepted.load(ordering: .relaxed) == 1)
        await server.stop()
        try await group.shutdownGracefully()
    }

    @Test func `A2: who a peer is comes from its listener, and no missing address makes it a Unix socket`() throws {
        #expect(Peer(.tcp, of: EmbeddedChannel()) == nil)
        #expect(Peer(.unix, of: EmbeddedChannel()) == .unix(userID: nil))
    }

    @Test func `A2: a Unix socket's peer is the user who connected`() async throws {
        let path = "/tmp/bursar-test-\(UInt64.random(in: 0...UInt64.max)).sock"
        try await withServer(
            listeners: [ListenerConfiguration(.unix(path: path))],
            respond: {
                .now(
                    Response(
                        status: 200, text: "\($0.connection.userID ?? .max) \($0.connection.peer == .unix(userID: geteuid()))"))
            }
        ) { server async throws in
            #expect(try await RawClient.connect(to: server).get("/").hasSuffix("\r\n\r\n\(geteuid()) true"))
        }
    }

    @Test(arguments: ["PROXY UNKNOWN\r\n", "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n"])
    func `A17: behind a PROXY header nobody has a user, and loopback there is the proxy's word`(header: String) async throws {
        let path = "/tmp/bursar-test-\(UInt64.random(in: 0...UInt64.max)).sock"
        let ranges = [try #require(AddressRange("unix"))]
        try await withServer(
            listeners: [ListenerConfiguration(.unix(path: path), proxyProtocolSources: ranges)],
            respond: { .now(Response(status: 200, text: "\($0.connection.userID == nil) \($0.connection.proxied != nil)")) }
        ) { server async throws in
            let client = try await RawClient.connect(to: server)
            try await client.send(header + "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await client.response().hasSuffix("\r\n\r\ntrue true"))
        }
    }

    // D: it was one family, usually [::1].
    @Test func `localhost is listened at in both families, on one port`() async throws {
        try await withServer(
            listeners: [ListenerConfiguration(.tcp(host: "localhost", port: 0))],
            respond: { .now(Response(status: 200, text: $0.clientText)) }
        ) { server async throws in
            #expect(server.addresses.map(\.description).map { $0.hasPrefix("127.0.0.1:") } == [true, false])
            #expect(server.addresses[0].port == server.addresses[1].port)
            #expect(try await RawClient.connect(to: server, 0).get("/").hasSuffix("\r\n\r\n127.0.0.1"))
            #expect(try await RawClient.connect(to: server, 1).get("/").hasSuffix("\r\n\r\n::1"))
        }
    }

    @Test func `every IPv6 address is every address, and an IPv4 client there is one`() async throws {
        try await withServer(
            listeners: [ListenerConfiguration(.tcp(host: "::", port: 0))],
            respond: { .now(Response(status: 200, text: $0.clientText)) }
        ) { server async throws in
            let port = try #require(server.addresses[0].port)
            for address in ["127.0.0.1", "::1"] {
                let client = try await RawClient.connect(to: SocketAddress(ipAddress: address, port: port))
                #expect(try await client.get("/").hasSuffix("\r\n\r\n" + address))
            }
        }
    }

    @Test func `beside an IPv4 listener on its port every IPv6 address is those of IPv6 alone`() async throws {
        var port = 0
        try await withServer(listeners: [ListenerConfiguration(.tcp(host: "::", port: 0))]) { server async throws in
            port = try #require(server.addresses[0].port)
        }
        let listeners = ["::", "0.0.0.0"].map { ListenerConfiguration(.tcp(host: $0, port: port)) }
        try await withServer(listeners: listeners, respond: { .now(Response(status: 200, text: $0.listener)) }) {
            server async throws in
            for (address, listener) in [("127.0.0.1", "0.0.0.0:\(port)"), ("::1", "[::]:\(port)")] {
                let client = try await RawClient.connect(to: SocketAddress(ipAddress: address, port: port))
                #expect(try await client.get("/").hasSuffix("\r\n\r\n" + listener))
            }
        }
    }
}
