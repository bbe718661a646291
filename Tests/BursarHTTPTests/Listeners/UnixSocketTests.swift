import Foundation
import NIOCore
import Testing

@testable import BursarHTTP

@Suite(.timeLimit(.minutes(1))) struct UnixSocketTests {
    private let path = "/tmp/bursar-test-\(UInt64.random(in: 0...UInt64.max)).sock"

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func `the file has its mode and goes with the server`() async throws {
        try await withServer(listeners: [ListenerConfiguration(.unix(path: path, mode: 0o600))]) { _ async throws in
            #expect(try mode(path) == 0o600)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        try await withServer(listeners: [ListenerConfiguration(.unix(path: path))]) { _ async throws in
            #expect(try mode(path) == 0o660)
        }
    }

    @Test func `a file that a dead process left is replaced`() async throws {
        let descriptor = try UnixSocket.boundDescriptor(path: path, mode: 0o600)
        close(descriptor)
        #expect(FileManager.default.fileExists(atPath: path))
        try await withServer(listeners: [ListenerConfiguration(.unix(path: path))]) { server async throws in
            #expect(try await RawClient.connect(to: server).get("/").hasSuffix("/"))
        }
    }

    @Test func `a socket on which somebody listens is left alone`() async throws {
        try await withServer(listeners: [ListenerConfiguration(.unix(path: path))]) { server async throws in
            #expect(throws: ListenError.self) { try UnixSocket.boundDescriptor(path: path, mode: 0o600) }
            #expect(try await RawClient.connect(to: server).get("/").hasSuffix("/"))
        }
    }

    @Test func `a file that is no socket is left alone`() throws {
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: ListenError.self) { try UnixSocket.boundDescriptor(path: path, mode: 0o600) }
        #expect(error?.description.contains("no socket") == true)
        #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
    }

    @Test func `a successor's file is not removed`() throws {
        let first = try UnixSocket.boundDescriptor(path: path, mode: 0o600)
        let identity = UnixSocket.identity(path: path)
        close(first)
        let second = try UnixSocket.boundDescriptor(path: path + ".new", mode: 0o600)
        rename(path + ".new", path)
        UnixSocket.remove(path: path, identity)
        #expect(FileManager.default.fileExists(atPath: path))
        close(second)
        unlink(path)
    }

    @Test func `a path that does not fit is an error`() {
        #expect(throws: ListenError.self) {
            try UnixSocket.boundDescriptor(path: "/tmp/" + String(repeating: "a", count: 108), mode: 0o600)
        }
    }
}
