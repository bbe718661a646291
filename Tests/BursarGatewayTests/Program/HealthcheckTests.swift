import TestSupport
import Testing

/// What a health check makes of what answers, and of what it is told.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct HealthcheckTests {
    /// Asks one server as a configuration names it, and as `--url` does.
    private func ask(status: Int, type: String, answering text: String) async throws -> [Command.End] {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let upstream = try await RecordingUpstream.start(status: status, type: type, answering: text)
        let listen = upstream.url.replacing("http://", with: "")
        let file = try folder.write("listen: \(listen)\n", to: "bursar.yaml")
        let configured = try await Command.run(["healthcheck", "--config", file])
        let named = try await Command.run(["healthcheck", "--url", upstream.url])
        await upstream.stop()
        return [configured, named]
    }

    @Test(arguments: [
        (404, "text/plain", "not found"), (503, "application/problem+json", #"{"type":"about:blank","status":503}"#),
        (200, "application/json", #"{"status":"ok"}"#)
    ])
    func `another server is no gateway with any status, however it is named`(
        status: Int, type: String, text: String
    ) async throws {
        for end in try await ask(status: status, type: type, answering: text) {
            #expect(end.status == 69 && end.complaint.contains("is no Bursar"), "\(end.status) \(end.complaint)")
        }
    }

    @Test func `a gateway that is not ready is one, however it is named`() async throws {
        let text = #"{"type":"urn:bursar:problem:not_ready","title":"Not ready","status":503}"#
        for end in try await ask(status: 503, type: "application/problem+json", answering: text) {
            #expect(end.status == 69 && end.complaint.contains("is not ready (status 503)"), "\(end.status) \(end.complaint)")
        }
    }

    @Test func `a port that the system chooses says not where the gateway is: that is the configuration's matter`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("listen: 127.0.0.1:0\n", to: "bursar.yaml")
        let end = try await Command.run(["healthcheck", "--config", file])
        #expect(end.status == 78 && end.complaint.contains("say with --url"), "\(end.status) \(end.complaint)")
    }

    @Test func `authorities without an address to ask are a matter of usage, and not ignored`() async throws {
        let environment = ["BURSAR_URL": "https://127.0.0.1:1"]
        for more in [["--config", "/no/such.yaml"], ["--listen", "127.0.0.1:1"]] {
            let end = try await Command.run(["healthcheck", "--ca", "/no/such.pem"] + more, environment: environment)
            #expect(end.status == 64 && end.complaint.contains("--ca says whom to trust"), "\(end.status) \(end.complaint)")
        }
        let bare = try await Command.run(["healthcheck", "--ca", "/no/such.pem"])
        #expect(bare.status == 64 && bare.complaint.contains("--ca says whom to trust"), "\(bare.status) \(bare.complaint)")
        // With one, the file is read.
        let named = try await Command.run(["healthcheck", "--ca", "/no/such.pem"], environment: environment)
        #expect(named.status == 66, "\(named.status) \(named.complaint)")
    }
}
