@testable import BursarConfiguration
import BursarClient
import Foundation
import NIOPosix
import NIOSSL
import TestSupport
import Testing

@testable import BursarGateway

/// TLS through the whole gateway: a renewed certificate, and a client that never says hello.
@Suite(.timeLimit(.minutes(3)), .enabled(if: LocalProgram.has("curl", "openssl"), "curl or openssl is not installed"))
struct TLSRenewalTests {
    private func with(_ body: (TestGateway, ScratchFolder) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await folder.makeCertificate("server")
        let settings =
            "tls: {certificate: \(folder.file("server.pem")), key: \(folder.file("server.key"))}\ndrain: {deadline: 60s}"
        try await TestGateway.with([], listen: "['127.0.0.1:0', {address: '127.0.0.1:0', tls: true}]", settings: settings) {
            gateway in try await body(gateway, folder)
        }
    }

    @Test func `a renewed certificate is shown to new connections, and open ones go on`() async throws {
        try await with { gateway, folder in
            let url = gateway.addresses[1] + "/livez"
            // A client that trusts the first certificate only: every answer that it gets after the renewal is on its first connection.
            let tls = ClientTLS(authorities: try NIOSSLCertificate.fromPEMFile(folder.file("server.pem")))
            let old = HTTPClient(group: MultiThreadedEventLoopGroup.singleton, settings: ClientSettings(tls: tls))
            do {
                try await renew(old, url, gateway, folder)
            } catch {
                Issue.record(error)
            }
            old.shutdown()
        }
    }

    private func renew(_ old: HTTPClient, _ url: String, _ gateway: TestGateway, _ folder: ScratchFolder) async throws {
        let place = try #require(RequestURL(url))
        func ask() async -> Int? {
            guard case .response(let answer) = await old.execute(ClientRequest(url: place), timeout: .seconds(60)) else {
                return nil
            }
            return answer.status
        }
        let first = try Data(contentsOf: URL(fileURLWithPath: folder.file("server.pem")))
        // The files are replaced in front of the first look at them, which the first connection causes.
        try await folder.makeCertificate("renewed")
        for end in [".key", ".pem"] {
            let renewed = try Data(contentsOf: URL(fileURLWithPath: folder.file("renewed" + end)))
            try renewed.write(to: URL(fileURLWithPath: folder.file("server" + end)), options: .atomic)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("server.pem"))) != first)
        #expect(await ask() == 200)
        #expect(await gateway.log.contains("certificate renewed"))
        let fresh = try await LocalProgram.curl("--cacert", folder.file("server.pem"), url)
        #expect(fresh.contains("alive"), "\(fresh)")
        for _ in 0..<3 { #expect(await ask() == 200) }
    }

    @Test func `a certificate that has expired is told at the start and at a renewal, with its end`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await folder.makeExpiredCertificate("server")
        let settings = "tls: {certificate: \(folder.file("server.pem")), key: \(folder.file("server.key"))}"
        try await TestGateway.with([], listen: "['127.0.0.1:0', {address: '127.0.0.1:0', tls: true}]", settings: settings) {
            gateway async throws in
            #expect(gateway.log.text.contains("the certificate has expired: clients refuse it"))
            #expect(gateway.log.text.firstMatch(of: /"not_valid_after":"\d{4}-\d\d-\d\dT/) != nil)
            try await folder.makeExpiredCertificate("server")
            _ = try await LocalProgram.curl("-k", gateway.addresses[1] + "/livez")
            #expect(await gateway.log.contains("certificate renewed by one that has expired"))
        }
    }

    @Test func `a client that never says hello does not hold up the stop`() async throws {
        try await with { gateway, _ in
            let port = try #require(gateway.addresses[1].split(separator: ":").last.flatMap { Int($0) })
            let silent = try BlockingClient(port: port)
            defer { silent.close() }
            // Its connection is there once a later one was answered on the same listener.
            #expect(try await LocalProgram.curl("-k", gateway.addresses[1] + "/livez").contains("alive"))
            let began = ContinuousClock.now
            await gateway.gateway.stop()
            #expect(began.duration(to: .now) < .seconds(30))
        }
    }
}
