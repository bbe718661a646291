import BursarBasics
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import BursarHTTP

@Suite(.timeLimit(.minutes(1))) struct SlowReaderTests {
    /// Over Unix sockets, whose kernel buffers are small and fixed: what the clients do not read is the server's to hold.
    @Test func `256 clients that do not read cost a bound, and get everything in order once they read`() async throws {
        let path = "/tmp/bursar-test-\(UInt64.random(in: 0...UInt64.max)).sock"
        let (clientCount, requestCount, bodyBytes) = (256, 100, 16 * 1024)
        let padding = String(repeating: "x", count: bodyBytes - 8)
        try await withServer(
            listeners: [ListenerConfiguration(.unix(path: path))],
            respond: { .now(Response(status: 200, text: $0.path + padding)) },
            { server in
                var clients: [RawClient] = []
                for _ in 0..<clientCount {
                    let client = try await RawClient.connect(to: server)
                    try await client.setReading(false)
                    clients.append(client)
                }
                let requests = (0..<requestCount).map { "GET /\($0 + 1_000) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
                for client in clients { try await client.send(requests) }
                try await eventually { server.counters[.outboundFull] >= clientCount }
                let held = await server.unwrittenBytes()
                #expect(held <= clientCount * (ServerLimits().outboundBytes + HTTP1Handler.batchBytes + 2 * bodyBytes))
                #expect(held > 0)

                try await clients[0].setReading(true)
                for number in 0..<requestCount {
                    #expect(await clients[0].response().contains("\r\n\r\n/\(number + 1_000)x"))
                }
                for client in clients { await client.close() }
                try await eventually { server.counters.connectionsOpen.load(ordering: .relaxed) == 0 }
            })
    }
}
