import BursarBasics
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import BursarHTTP

@Suite(.timeLimit(.minutes(1))) struct ListeningSocketTests {
    /// Hears of what could not be accepted. *Mutex.*
    private final class Reasons: RequestObserver {
        private let heard = Mutex<[String]>([])
        var all: [String] { heard.withLock { $0 } }
        var wantsTraces: Bool { false }
        func requestCompleted(_ record: RequestRecord) {}
        func acceptFailed(listener: String, reason: String) { heard.withLock { $0.append(reason) } }
    }

    /// The descriptors of this process that listen on the port.
    private func listening(on port: Int) -> [CInt] {
        (3..<1_024).filter { descriptor in
            var (accepts, length) = (CInt(0), socklen_t(MemoryLayout<CInt>.size))
            guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length) == 0, accepts == 1 else { return false }
            var address = sockaddr_in()
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let named = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            }
            return named == 0 && Int(UInt16(bigEndian: address.sin_port)) == port
        }
    }

    // Linux hands over by accept what befell one connection (accept(2)): EPERM of a firewall, EPROTO, ENETDOWN. SwiftNIO closes a listening
    // channel at each of them, and nobody was served any more.
    @Test func `an error of accept is told and ends no listener`() async throws {
        let reasons = Reasons()
        // One that the system chose would be lost with the first of them.
        let port = try await LocalProgram.freePort()
        let server = HTTPServer(
            configuration: ServerConfiguration(listeners: [ListenerConfiguration(.tcp(host: "127.0.0.1", port: port))]),
            responder: ClosureResponder { _ in .now(Response(status: 200, text: "served")) }, observer: reasons,
            group: MultiThreadedEventLoopGroup.singleton)
        try await server.start()
        for failures in 1...3 {
            // As it is, a socket that listens no more: accept says EINVAL.
            let descriptors = listening(on: port)
            #expect(descriptors.count == 2)
            shutdown(try #require(descriptors.first), CInt(SHUT_RD))
            try await eventually { listening(on: port).count == 2 }
            #expect(try await RawClient.connect(to: server).get("/").hasSuffix("\r\n\r\nserved"))
            #expect(server.counters[.acceptFailed] == failures)
        }
        #expect(Set(reasons.all) == ["Invalid argument"])
        await server.stop()
        #expect(listening(on: port).isEmpty)
    }

    @Test func `one that is closed meanwhile stays closed`() async throws {
        let port = try await LocalProgram.freePort()
        let server = HTTPServer(
            configuration: ServerConfiguration(listeners: [ListenerConfiguration(.tcp(host: "127.0.0.1", port: port))]),
            responder: ClosureResponder { _ in .now(Response(status: 200, text: "served")) },
            group: MultiThreadedEventLoopGroup.singleton)
        try await server.start()
        shutdown(try #require(listening(on: port).first), CInt(SHUT_RD))
        try await eventually { server.counters[.acceptFailed] == 1 }
        await server.stop()
        // Longer than the moment after which it would be opened anew.
        try await letTurnsPass(60)
        #expect(listening(on: port).isEmpty)
    }
}
