import BursarBasics
import FuzzRules
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import BursarHTTP

/// Produced bodies over real sockets; curl is the judge of the framing.
@Suite(.timeLimit(.minutes(1))) struct StreamSocketTests {
    private let block = ByteBuffer(repeating: 0x78, count: 16 * 1024)

    @Test func `a client that does not read costs one piece, and is closed at the write limit`() async throws {
        let producer = TestProducer(endless: block)
        var limits = ServerLimits()
        limits.writeStallTime = .milliseconds(300)
        let path = "/tmp/bursar-test-\(UInt64.random(in: 0...UInt64.max)).sock"
        try await withServer(
            listeners: [ListenerConfiguration(.unix(path: path))], limits: limits,
            respond: { _ in .now(Response(status: 200, producer: producer)) },
            { server in
                let client = try await RawClient.connect(to: server)
                try await client.setReading(false)
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                try await eventually {
                    let held = await server.unwrittenBytes()
                    #expect(held <= 17 * 1024)
                    return server.counters[.writeStall] == 1
                }
                try await eventually { producer.endings == [false] }
                #expect(producer.asked < 100)
                await client.close()
            })
    }

    @Test func `a client that reads slowly gets everything in order`() async throws {
        let path = "/tmp/bursar-test-\(UInt64.random(in: 0...UInt64.max)).sock"
        let pieces = 300
        try await withServer(
            listeners: [ListenerConfiguration(.unix(path: path))],
            respond: { _ in
                let body = PulledBody(0) { number in
                    guard number < pieces else { return .end }
                    defer { number += 1 }
                    return .piece(ByteBuffer(string: "\(number):" + String(repeating: "x", count: 9_000)))
                }
                return .now(Response(status: 200, producer: body))
            },
            { server in
                let client = try await RawClient.connect(to: server)
                try await client.setReading(false)
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                try await eventually { await server.unwrittenBytes() > 0 }
                try await client.setReading(true)
                let text = await client.end()
                #expect(text.hasSuffix("x\r\n0\r\n\r\n"))
                let numbers = text.split(separator: "\r\n").filter { $0.count > 1_000 }.compactMap {
                    Int($0.prefix { $0 != ":" })
                }
                #expect(numbers == Array(0..<pieces))
            })
    }

    @Test func `a client that leaves ends the producer, which nothing else wakes`() async throws {
        let producer = TestProducer([piece("a")])
        try await withServer(
            respond: { _ in .now(Response(status: 200, producer: producer)) },
            { server in
                let client = try await RawClient.connect(to: server)
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                try await eventually { producer.asked == 2 }
                await client.close()
                try await eventually { producer.endings == [false] }
            })
    }

    @Test func `a drain ends streams with their last word, and those without one at the deadline`() async throws {
        let (polite, mute) = (TestProducer(lastWords: [piece("bye"), .end]), TestProducer())
        try await withServer(
            respond: { .now(Response(status: 200, producer: $0.path == "/polite" ? polite : mute)) },
            { server in
                let clients = [try await RawClient.connect(to: server), try await RawClient.connect(to: server)]
                try await clients[0].send("GET /polite HTTP/1.1\r\nHost: x\r\n\r\n")
                try await clients[1].send("GET /mute HTTP/1.1\r\nHost: x\r\n\r\n")
                try await eventually { polite.asked == 1 && mute.asked == 1 }
                await server.drain(by: .now() + .milliseconds(200))
                #expect(await clients[0].end().hasSuffix("3\r\nbye\r\n0\r\n\r\n"))
                #expect(await clients[1].end().hasSuffix("chunked\r\n\r\n"))
                #expect(polite.endings == [true])
                #expect(mute.endings == [false])
                #expect(mute.drained == 1)
                #expect(server.counters[.drainDeadline] == 1)
            })
    }

    @Test func `an error in an HTTP 1.0 body is a reset, because nothing else would tell`() async throws {
        let producer = TestProducer([piece("half")])
        try await withServer(
            respond: { _ in .now(Response(status: 200, producer: producer)) },
            { server in
                guard let port = server.addresses[0].port else { return }
                async let result = LocalProgram.run("curl", ["-sS", "-0", "http://127.0.0.1:\(port)/"])
                try await eventually { producer.asked == 2 }
                producer.add(.fail)
                let output = try await result
                #expect(output.status == 56, "\(output.complaint)")
            })
    }

    @Test(
        .enabled(if: LocalProgram.has("openssl", "curl")),
        arguments: ["--http1.0", "--http1.1", "--http2"])
    func `behind TLS the same bytes arrive, and an error in the middle is an error`(protocolName: String) async throws {
        let certificates = try await TestCertificates()
        defer { certificates.remove() }
        try await certificates.makeSelfSigned("server")
        let identity = try TLSIdentity(
            TLSSettings(certificateFile: certificates.path("server.pem"), privateKeyFile: certificates.path("server.key")),
            interval: .hours(1))
        let block = block
        try await withServer(security: identity) { request in
            let body = PulledBody(0) { number in
                guard number < 40 else { return request.path == "/whole" ? .end : .fail }
                number += 1
                return .piece(block)
            }
            return .now(Response(status: 200, producer: body))
        } _: { _, port in
            for (path, works) in [("/whole", true), ("/broken", false)] {
                let result = try await LocalProgram.run(
                    "curl",
                    [
                        "-sS", protocolName, "--cacert", certificates.path("server.pem"), "-o", "/dev/null", "-w",
                        "%{size_download}", "https://localhost:\(port)\(path)"
                    ])
                #expect((result.status == 0) == works, "\(path): \(result.complaint)")
                if works { #expect(result.text == "\(40 * block.readableBytes)") }
            }
        }
    }
}
