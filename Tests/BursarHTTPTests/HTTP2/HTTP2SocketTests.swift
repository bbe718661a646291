import Foundation
import NIOCore
import TestSupport
import Testing

@testable import BursarHTTP

private typealias Client = HTTP2TestClient

/// The whole server over real sockets.
@Suite(.timeLimit(.minutes(1))) struct HTTP2SocketTests {
    @Test func `what a hit took is in its record`() async throws {
        // It was 0 always: both ends were the time at which the loop had begun to read.
        let records = TestRecords()
        try await withServer(observer: records) { _ in
            usleep(3_000)
            return textReply("now")
        } _: { _, port in
            try await HTTP2SocketClient.with(port: port) { connection in
                try await connection.send(Client.hello, Client.get(1))
                #expect(try await connection.read { $0.isComplete(1) })
                try await eventually { records.all.count == 1 }
                #expect(records.all.first.map { $0.duration >= .milliseconds(3) } == true, "\(records.all)")
            }
        }
    }

    @Test func `a later answer does not hold up the others of its connection`() async throws {
        let gate = TestGate()
        try await withServer { request in
            guard request.path == "/later" else { return textReply("now") }
            return .later {
                await gate.opened()
                return Response(status: 200, text: "late")
            }
        } _: { _, port in
            try await HTTP2SocketClient.with(port: port) { connection in
                try await connection.send(Client.hello, Client.get(1, "/later"), Client.get(3, "/now"))
                #expect(try await connection.read { $0.isComplete(3) })
                #expect(connection.client.status(1) == nil)
                gate.open()
                #expect(try await connection.read { $0.isComplete(1) })
                #expect(connection.client.text(1) == "late")
            }
        }
    }

    @Test func `a client that resets its stream cancels the work for it, and the record says that nothing was answered`()
        async throws
    {
        let cancelled = TestCounter()
        let records = TestRecords()
        let gate = TestGate()
        try await withServer(observer: records) { _ in
            .later {
                await TestGate().opened()
                if Task.isCancelled { cancelled.add() }
                gate.open()
                return Response(status: 200, text: "never")
            }
        } _: { _, port in
            try await HTTP2SocketClient.with(port: port) { connection in
                try await connection.send(Client.hello, Client.get(1), Client.reset(1))
                await gate.opened()
                try await connection.send(Client.ping())
                #expect(try await connection.read { $0.count(6) == 1 })
                #expect(connection.client.status(1) == nil)
            }
        }
        #expect(cancelled.count == 1)
        #expect(records.all.map(\.status) == [0])
    }

    @Test func `a client that leaves cancels all of its work`() async throws {
        let gate = TestGate()
        try await withServer { _ in
            .later {
                await TestGate().opened()
                gate.open()
                return Response(status: 200)
            }
        } _: { _, port in
            try await HTTP2SocketClient.with(port: port) { connection in
                try await connection.send(Client.hello, Client.get(1))
                #expect(try await connection.read { $0.count(4) == 2 })
            }
            await gate.opened()
        }
    }

    @Test func `answers that nobody waits for any more are bounded`() async throws {
        var limits = HTTP2Limits()
        limits.unfinishedAnswers = 3
        let gate = TestGate()
        try await withServer(http2: limits) { _ in
            .later {
                // Work that does not heed its cancellation, as a shared fetch would not.
                await Task { await gate.opened() }.value
                return Response(status: 200)
            }
        } _: { server, port in
            try await HTTP2SocketClient.with(port: port) { connection in
                try await connection.send(Client.hello)
                for stream in [1, 3, 5] as [Int32] { try await connection.send(Client.get(stream), Client.reset(stream)) }
                try await connection.send(Client.get(7))
                #expect(try await connection.read { $0.resetCode(7) == 7 })  // REFUSED_STREAM: the client may try again
                #expect(server.counters[.http2StreamLimit] == 1)
                gate.open()
            }
        }
    }

    /// A3: behind a proxy that forwards the offer, later streams passed the proxy's rules.
    @Test func `an offer of h2c is ignored, and what follows it is HTTP/1.1`() async throws {
        try await withServer {
            textReply("\($0.version.text) \($0.target)")
        } _: { _, port in
            try await HTTP2SocketClient.with(port: port) { connection in
                let head =
                    "GET /first HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                    + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
                try await connection.send(Array(head.utf8))
                #expect(try await connection.readText(until: "HTTP/1.1 /first").hasPrefix("HTTP/1.1 200 "))
                try await connection.send(Client.hello)
                #expect(try await connection.readText(until: "\r\n").hasPrefix("HTTP/1.1 505 "))
            }
        }
    }

    @Test func `a drain of the server says GOAWAY twice and ends when the last answer is out`() async throws {
        let gate = TestGate()
        let started = TestGate()
        try await withServer { _ in
            .later {
                started.open()
                await gate.opened()
                return Response(status: 200, text: "last")
            }
        } _: { server, port in
            try await HTTP2SocketClient.with(port: port) { connection in
                try await connection.send(Client.hello, Client.get(1))
                await started.opened()
                async let drained: Void = server.drain(by: .now() + .seconds(20))
                #expect(try await connection.read { !$0.goaways.isEmpty })
                #expect(connection.client.goaways.first?.last == 0x7FFF_FFFF)
                try await connection.send(Client.ping(1))
                #expect(try await connection.read { $0.goaways.count == 2 })
                #expect(connection.client.goaways.last?.last == 1)
                gate.open()
                #expect(try await connection.read { $0.isComplete(1) })
                #expect(try await connection.read { _ in false } == false)  // the server closes
                await drained
            }
            #expect(server.counters[.drainDeadline] == 0)
        }
    }

    @Test func `256 readers that take nothing cost a bounded amount of memory`() async throws {
        let body = ByteBuffer(repeating: 65, count: 1 << 20)
        let prepared = PreparedResponse(headers: [:], body: body)
        let asked = TestCounter()
        try await withServer { _ in
            asked.add()
            return .now(Response(prepared: prepared))
        } _: { _, port in
            let before = residentBytes()
            var sockets: [Int32] = []
            defer { for socket in sockets { close(socket) } }
            let window = Client.frame(4, [0, 4, 0x7F, 0xFF, 0xFF, 0xFF])
            let requests =
                Client.preface + window + Client.windowUpdate(0, 0x7FFF_0000) + (0..<100).flatMap { Client.get($0 * 2 + 1) }
            for _ in 0..<256 {
                let socket = try #require(connectedSocket(port))
                sockets.append(socket)
                #expect(requests.withUnsafeBytes { write(socket, $0.baseAddress, $0.count) } == requests.count)
            }
            // Every request was answered as far as its connection let it: the server is at rest, with 25 GiB asked of it.
            // A first read has some thirty of them.
            try await eventually { asked.count >= 256 * 20 }
            try await HTTP2SocketClient.with(port: port) { connection in
                try await connection.send(Client.hello, Client.get(1))
                #expect(try await connection.read { !$0.body(1).isEmpty })
            }
            let grown = residentBytes() - before
            print("256 slow HTTP/2 readers: \(grown / 1024) KiB")
            #expect(grown < 256 * 512 * 1024)
        }
    }

    @Test(.enabled(if: LocalProgram.has("curl"), "curl is not installed"))
    func `curl gets the same answer by prior knowledge, by upgrade and in HTTP/1.1`() async throws {
        try await withServer {
            textReply("\($0.method) \($0.target)")
        } _: { _, port in
            for option in ["--http2-prior-knowledge", "--http2", "--http1.1"] {
                let isHTTP2 = option == "--http2-prior-knowledge"
                let result = try await LocalProgram.run(
                    "curl", ["-s", option, "-w", " %{http_version} %{http_code}", "http://127.0.0.1:\(port)/a?b"])
                #expect(result.text == "GET /a?b \(isHTTP2 ? "2" : "1.1") 200", "\(option)")
            }
            let large = try await LocalProgram.run(
                "curl",
                [
                    "-s", "--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary",
                    String(repeating: "x", count: 70_000), "http://127.0.0.1:\(port)/"
                ])
            #expect(large.text == "413")
        }
    }

    @Test(.enabled(if: LocalProgram.has("nghttp"), "nghttp is not installed"))
    func `nghttp gets many answers over one connection`() async throws {
        try await withServer {
            textReply("<\($0.path)>")
        } _: { _, port in
            let urls = (0..<20).map { "http://127.0.0.1:\(port)/\($0)" }
            let result = try await LocalProgram.run("nghttp", urls)
            #expect((0..<20).allSatisfy { result.text.contains("</\($0)>") })
        }
    }

    @Test(.enabled(if: LocalProgram.has("h2load"), "h2load is not installed"))
    func `h2load loses no request`() async throws {
        let prepared = PreparedResponse(headers: ["content-type": "text/plain"], body: ByteBuffer(string: "hit"))
        try await withServer { _ in
            .now(Response(prepared: prepared))
        } _: { _, port in
            let result = try await LocalProgram.run("h2load", ["-n2000", "-c10", "-m20", "http://127.0.0.1:\(port)/"])
            #expect(result.text.contains("2000 succeeded, 0 failed, 0 errored, 0 timeout"))
        }
    }
}

/// A blocking connection whose receive buffer is as small as the kernel allows; closed by whoever asked.
private func connectedSocket(_ port: Int) -> Int32? {
    LoopbackSocket.connect(port: port) { descriptor in
        var size: Int32 = 2_048
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
}

private func residentBytes() -> Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4_096 : 0
}
