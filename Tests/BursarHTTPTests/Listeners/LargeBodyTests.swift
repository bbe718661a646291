import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import BursarHTTP

@Suite(.timeLimit(.minutes(1))) struct LargeBodyTests {
    @Test func `a large body goes out from one file in memory to all who ask at once, whole and in order`() async throws {
        let body = Self.body(of: 300_001)
        var prepared: PreparedResponse? = PreparedResponse(
            headers: ["content-type": "text/plain"], body: ByteBuffer(string: body))
        try await withServer(respond: { [prepared] request in
            guard request.path == "/large", let prepared else { return .now(Response(status: 200, text: "small")) }
            return .now(Response(prepared: prepared))
        }) { server async throws in
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        let client = try await RawClient.connect(to: server)
                        for _ in 0..<3 {
                            let large = "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"
                            try await client.send(large + "GET /small HTTP/1.1\r\nHost: x\r\n\r\n" + large)
                            #expect(await client.response().hasSuffix("\r\n\r\n" + body))
                            #expect(await client.response().hasSuffix("\r\n\r\nsmall"))
                            #expect(await client.response().hasSuffix("\r\n\r\n" + body))
                        }
                        await client.close()
                    }
                }
                try await group.waitForAll()
            }
            #expect(Self.filesInMemory(of: 300_001) == 1)
        }
        prepared = nil
        try await eventually { Self.filesInMemory(of: 300_001) == 0 }
    }

    @Test func `a client that leaves in the middle of a large body keeps no file open`() async throws {
        let body = Self.body(of: 8_000_001)
        var prepared: PreparedResponse? = PreparedResponse(headers: [:], body: ByteBuffer(string: body))
        try await withServer(respond: { [prepared] _ in .now(prepared.map { Response(prepared: $0) } ?? Response(status: 404)) })
        {
            server async throws in
            let client = try await RawClient.connect(to: server)
            try await client.setReading(false)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await eventually { Self.filesInMemory(of: 8_000_001) == 1 }
            await client.close()
            try await eventually { server.counters.connectionsOpen.load(ordering: .relaxed) == 0 }
        }
        prepared = nil
        try await eventually { Self.filesInMemory(of: 8_000_001) == 0 }
    }

    @Test func `a HEAD of a large body has its length and no byte of it`() async throws {
        let prepared = PreparedResponse(headers: [:], body: ByteBuffer(string: Self.body(of: 300_003)))
        try await withServer(respond: { _ in .now(Response(prepared: prepared)) }) { server async throws in
            let client = try await RawClient.connect(to: server)
            try await client.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let head = await client.end()
            #expect(head.contains("Content-Length: 300003\r\n"))
            #expect(head.hasSuffix("\r\n\r\n"))
        }
    }

    /// Text whose every part says where it stands.
    private static func body(of count: Int) -> String {
        String((0...(count / 8)).map { String($0 + 10_000_000) }.joined().prefix(count))
    }

    private static func filesInMemory(of size: Int) -> Int {
        let folder = "/proc/self/fd"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).count { name in
            let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
            guard link?.contains("memfd:bursar") == true, let descriptor = CInt(name) else { return false }
            var status = stat()
            return fstat(descriptor, &status) == 0 && Int(status.st_size) == size
        }
    }
}
