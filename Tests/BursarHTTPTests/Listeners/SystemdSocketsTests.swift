import NIOPosix
import Testing

@testable import BursarHTTP

@Suite(.timeLimit(.minutes(1))) struct SystemdSocketsTests {
    @Test func `sockets for another process or none are not taken`() {
        #expect(SystemdSockets.listeners(environment: [:], processID: 7).isEmpty)
        #expect(SystemdSockets.listeners(environment: ["LISTEN_PID": "8", "LISTEN_FDS": "1"], processID: 7).isEmpty)
        #expect(SystemdSockets.listeners(environment: ["LISTEN_PID": "7", "LISTEN_FDS": "-1"], processID: 7).isEmpty)
        #expect(SystemdSockets.listeners(environment: ["LISTEN_PID": "7", "LISTEN_FDS": "99999999999"], processID: 7).isEmpty)
    }

    @Test func `a descriptor that is already bound is served`() async throws {
        let path = "/tmp/bursar-test-\(UInt64.random(in: 0...UInt64.max)).sock"
        let descriptor = try UnixSocket.boundDescriptor(path: path, mode: 0o600)
        try await withServer(listeners: [ListenerConfiguration(.inherited(descriptor: descriptor))]) { server async throws in
            #expect(server.addresses[0].description == "unix:\(path)")
            #expect(try await RawClient.connect(to: server).get("/").hasSuffix("/"))
        }
        UnixSocket.remove(path: path, UnixSocket.identity(path: path))
    }
}
