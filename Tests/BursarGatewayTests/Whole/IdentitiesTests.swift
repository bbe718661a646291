import Foundation
import Glibc
import TestSupport
import Testing

@testable import BursarGateway

/// Connections that stand for a client by themselves.
@Suite(.timeLimit(.minutes(3)), .enabled(if: LocalProgram.has("curl", "openssl"), "curl or openssl is not installed"))
struct IdentitiesTests {
    private let accounts = ["provider: sunor, key: mock-ok", "provider: legnext, key: mock-ok"]

    @Test func `a program of a listed user is the client over a Unix socket, and nobody else is`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = folder.file("b.sock")
        for (user, status) in [(getuid(), "200"), (getuid() &+ 1, "401")] {
            try await TestGateway.with(
                accounts, listen: "['127.0.0.1:0', 'unix:\(socket)']",
                settings: "clients:\n  - {name: local, uid: \(user), allow: [sunor]}"
            ) { gateway async throws in
                let format = "%{http_code}"
                let over = try await LocalProgram.curl(
                    "-o", "/dev/null", "-w", format, "--unix-socket", socket, "http://localhost/v1/balances")
                #expect(over == status)
                #expect(try await gateway.get("/v1/balances").status == 401)
            }
        }
        try await TestGateway.with(
            accounts, listen: "['127.0.0.1:0', 'unix:\(socket)']",
            settings: "clients:\n  - {name: local, uid: \(getuid()), allow: [sunor]}\n" + TestClient("ann").line(allow: "legnext")
        ) { gateway async throws in
            let own = try await LocalProgram.curl("--unix-socket", socket, "http://localhost/v1/balances")
            #expect(own.contains("sunor") && !own.contains("legnext"))
            // A program that shows a token means that one; a wrong one is not made good by its user.
            let token = try await LocalProgram.curl(
                "--unix-socket", socket, "-H", "Authorization: Bearer \(TestClient("ann").token)", "http://localhost/v1/balances")
            #expect(token.contains("legnext") && !token.contains("sunor"))
            let wrong = try await LocalProgram.curl(
                "--unix-socket", socket, "-H", "Authorization: Bearer \(TestClient("bob").token)", "-o", "/dev/null", "-w",
                "%{http_code}", "http://localhost/v1/balances")
            #expect(wrong == "401")
        }
    }

    @Test func `behind a PROXY header the user of the socket is the proxy's, and stands for nobody`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = folder.file("b.sock")
        try await TestGateway.with(
            accounts, listen: "['127.0.0.1:0', 'unix:\(socket)']",
            settings: "proxy_protocol: [unix]\nclients:\n  - {name: local, uid: \(getuid()), allow: '*'}"
        ) { _ in
            let answer = try await LocalProgram.curl(
                "--haproxy-protocol", "--unix-socket", socket, "-o", "/dev/null", "-w", "%{http_code}",
                "http://localhost/v1/balances")
            #expect(answer == "401")
        }
    }

    @Test func `names in a client's certificate stand for the client, in HTTP 1 and 2`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await folder.makeCertificate("server")
        try await folder.makeAuthority("authority")
        for (name, subject, names) in [
            ("dns", "/CN=one", "DNS:App.internal"), ("uri", "/CN=two", "URI:spiffe://corp/app"),
            ("cn", "/O=Corp/CN=billing app", ""),
            ("nobody", "/CN=three", "DNS:other.internal"), ("both", "/CN=billing app", "DNS:app.internal"),
            ("email", "/CN=five", "email:ops@corp.example")
        ] {
            try await folder.makeClientCertificate(name, subject: subject, names: names, signedBy: "authority")
        }
        let settings = """
            tls: {certificate: \(folder.file("server.pem")), key: \(folder.file("server.key")), client_ca: \(folder.file("authority.pem"))}
            clients:
              - {name: first, tls: ['dns:app.internal', 'uri:spiffe://corp/app'], allow: [sunor]}
              - {name: second, tls: 'cn:billing app', allow: [legnext]}
              - {name: third, tls: 'email:ops@corp.example', allow: '*'}
            """
        try await TestGateway.with(accounts, listen: "[{address: '127.0.0.1:0', tls: true}]", settings: settings) {
            gateway async throws in
            func ask(_ name: String, _ more: String...) async throws -> String {
                try await LocalProgram.run(
                    "curl",
                    [
                        "-sSk", "--max-time", "20", "--cert", folder.file(name + ".pem"), "--key", folder.file(name + ".key"),
                        gateway.url + "/v1/balances"
                    ] + more
                ).text
            }
            for version in ["--http1.1", "--http2"] {
                for name in ["dns", "uri"] {
                    let text = try await ask(name, version)
                    #expect(text.contains("sunor") && !text.contains("legnext"), "\(name) \(version): \(text)")
                }
                let text = try await ask("cn", version)
                #expect(text.contains("legnext") && !text.contains("sunor"), "\(version): \(text)")
                #expect(try await ask("email", version).contains("\"accounts\":2"))
                #expect(try await ask("nobody", version).contains("urn:bursar:problem:unauthorized"))
                // Its names belong to two clients: it stands for neither.
                #expect(try await ask("both", version).contains("urn:bursar:problem:unauthorized"))
            }
        }
    }
}

extension ScratchFolder {
    fileprivate func makeAuthority(_ name: String) async throws {
        try await openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
            "/CN=test authority", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", file(name + ".key"), "-out",
            file(name + ".pem"))
    }

    fileprivate func makeClientCertificate(_ name: String, subject: String, names: String, signedBy authority: String)
        async throws
    {
        let extensions = try write(
            "extendedKeyUsage=clientAuth\n" + (names.isEmpty ? "" : "subjectAltName=\(names)\n"), to: name + ".ext")
        try await openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", subject, "-keyout",
            file(name + ".key"), "-out", file(name + ".csr"))
        try await openssl(
            "x509", "-req", "-in", file(name + ".csr"), "-CA", file(authority + ".pem"), "-CAkey", file(authority + ".key"),
            "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", file(name + ".pem"))
    }

    private func openssl(_ arguments: String...) async throws {
        let output = try await LocalProgram.run("openssl", arguments)
        if output.status != 0 { throw Failure(text: output.complaint) }
    }
}
