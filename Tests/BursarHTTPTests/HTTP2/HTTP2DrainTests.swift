import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import BursarHTTP

private typealias Client = HTTP2TestClient

@Suite(.timeLimit(.minutes(2))) struct HTTP2DrainTests {
    /// Six connections with 16 streams each under way all the time, half of them answered at once and half by a task.
    @Test func `a drain under load loses no stream that had begun, and ends every connection`() async throws {
        let answered = TestCounter()
        try await withServer { request in
            answered.add()
            guard request.path == "/later" else { return textReply("now") }
            return .later {
                await Task.yield()
                return Response(status: 200, text: "later")
            }
        } _: { server, port in
            try await withThrowingTaskGroup { group in
                for _ in 0..<6 { group.addTask { try await streamsUntilTheEnd(port: port) } }
                try await eventually { answered.count >= 2_000 }
                await server.drain(by: .now() + .seconds(60))
                for try await outcome in group {
                    #expect(outcome.lost.isEmpty)
                    #expect(outcome.wrong.isEmpty)
                    #expect(outcome.goaways == 2)
                }
            }
            #expect(server.counters[.drainDeadline] == 0)
            #expect(server.counters.connectionsOpen.load(ordering: .relaxed) == 0)
        }
    }

    private struct Outcome: Sendable {
        /// Streams up to the last that the server said it would serve, and that had no whole answer.
        var lost: [Int32]
        /// Whose answer was another's.
        var wrong: [Int32]
        var goaways: Int
    }

    /// Opens a stream for each that ends, also behind the first GOAWAY, which only asks for no more, until the server closes.
    private func streamsUntilTheEnd(port: Int) async throws -> Outcome {
        var outcome = Outcome(lost: [], wrong: [], goaways: 0)
        try await HTTP2SocketClient.with(port: port) { connection in
            let client = connection.client
            var (opened, acknowledged) = (0, 0)
            func begin(_ count: Int) -> [UInt8] {
                let streams = opened..<(opened + count)
                opened += count
                return streams.flatMap { Client.get(Int32($0 * 2 + 1), path(of: $0)) }
            }
            try await connection.send(Client.hello, begin(16))
            while true {
                let (ended, pings) = (client.endedStreams, client.count(6))
                guard try await connection.read(until: { $0.endedStreams > ended || $0.count(6) > pings }) else { break }
                // What is sent before the answer to the server's PING was on its way when the server said that it would go.
                var bytes = client.goaways.count < 2 && acknowledged == 0 ? begin(16 - (opened - client.endedStreams)) : []
                for _ in acknowledged..<client.count(6) { bytes += Client.ping(1) }
                acknowledged = client.count(6)
                if !bytes.isEmpty { try? await connection.send(bytes) }
            }
            let last = Int32(bitPattern: client.goaways.last?.last ?? 0)
            let streams = (0..<opened).map { (number: $0, id: Int32($0 * 2 + 1)) }.filter { $0.id <= last }
            outcome.lost = streams.map(\.id).filter { !client.isComplete($0) }
            outcome.wrong = streams.filter { "/\(client.text($0.id))" != path(of: $0.number) }.map(\.id)
            outcome.goaways = client.goaways.count
        }
        return outcome
    }

    private func path(of number: Int) -> String { number.isMultiple(of: 2) ? "/now" : "/later" }
}
