import BursarMocks
import Foundation
import TestSupport
import Testing

@testable import BursarGateway

/// `bursar provider` and `bursar check DEFINITION`: the way of somebody who writes a definition.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ProviderCommandTests {
    private func run(_ arguments: String..., in folder: String? = nil) async throws -> (Int32, output: String, complaint: String)
    {
        let program = try ChildProgram(arguments, in: folder)
        let status = await program.untilEnd()
        return (status, String(decoding: program.output, as: UTF8.self), program.complaintText)
    }

    @Test func `from a saved answer to a row: new, check, try`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let answer = #"{"data": {"balance": "41.2500", "currency": "USD"}}"#
        _ = try folder.write(answer, to: "answer.json")
        let new = try await run("provider", "new", "acme", "--from", "answer.json", in: folder.path)
        #expect(new.0 == 0, "\(new.complaint)")
        #expect(new.complaint.contains("acme.yaml asks /balance and passes `bursar check acme.yaml`"))

        let check = try await run("check", "acme.yaml", in: folder.path)
        #expect(check.0 == 0)
        #expect(check.output.contains("200  available 41.2500 USD"))

        let upstream = try await RecordingUpstream.start(answering: answer)
        _ = try folder.write(
            """
            store: memory
            providers: [./acme.yaml]
            accounts: [{provider: acme, key: 'key-that-nobody-sees', base_url: '\(upstream.url)'}]
            """, to: "bursar.yaml")
        let tried = try await run("provider", "try", "acme", in: folder.path)
        #expect(tried.0 == 0, "\(tried.complaint)")
        #expect(tried.output.contains("status  200\nrow     available 41.2500 USD\nshape   as documented\n"))
        #expect(tried.output.contains("base_url says where to ask"))
        #expect(!(tried.output + tried.complaint).contains("key-that-nobody-sees"))
        #expect(upstream.requests.count == 1)
        await upstream.stop()

        let again = try await run("provider", "new", "acme", "--from", "answer.json", in: folder.path)
        #expect(again.0 == 73 && again.complaint.contains("exists already"))
        let elsewhere = try await run("provider", "try", "nobody", in: folder.path)
        #expect(elsewhere.0 == 64 && elsewhere.complaint.contains("there are: acme/default"))
    }

    @Test(arguments: [
        ("mock-401", Int32(65), "unauthorized: status 401"), ("mock-wrong-types", 65, "invalid_response: "),
        ("mock-echo-key", 0, "row     available"), ("mock-hang", 69, "no answer: timeout. The answer did not come in time.")
    ])
    func `a try says what did not fit, and nothing of the answer`(key: String, status: Int32, words: String) async throws {
        let mocks = try await MockProviders.start()
        let folder = try ScratchFolder()
        defer { folder.remove() }
        _ = try folder.write(
            """
            store: memory
            defaults: {timeout: \(key == "mock-hang" ? "200ms" : "20s")}
            accounts: [{provider: tensorpix, key: '\(key)~mark-of-this-key', base_url: '\(mocks.baseURL(for: "tensorpix"))'}]
            """, to: "bursar.yaml")
        let tried = try await run("provider", "try", "tensorpix/default", in: folder.path)
        #expect(tried.0 == status, "\(tried.complaint)")
        #expect((tried.output + tried.complaint).contains(words), "\(tried.output)\(tried.complaint)")
        #expect(!(tried.output + tried.complaint).contains("mark-of-this-key"))
        await mocks.stop()
    }

    @Test func `a try does not print a key that stands in its base URL`() async throws {
        let upstream = try await RecordingUpstream.start(answering: "{}")
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let key = "key-that-nobody-sees"
        _ = try folder.write(
            """
            store: memory
            accounts: [{provider: tensorpix, key: \(key), base_url: '\(upstream.url)/\(key)'}]
            """, to: "bursar.yaml")
        let tried = try await run("provider", "try", "tensorpix", in: folder.path)
        #expect(upstream.requests.count == 1)
        #expect(tried.complaint.contains("\(upstream.url)/[redacted]"), "\(tried.complaint)")
        #expect(!(tried.output + tried.complaint).contains(key))
        await upstream.stop()
    }

    @Test func `check of definitions refuses what is wrong with them, and what is not there`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        _ = try folder.write("openapi: 3.1.0\n", to: "bad.yaml")
        let bad = try await run("check", "bad.yaml", in: folder.path)
        #expect(bad.0 == 78 && bad.output.contains("bad.yaml:1:1: error: the document has no x-bursar"))
        #expect(try await run("check", "nothing.yaml", in: folder.path).0 == 66)
        // A folder without a definition was "ok".
        try FileManager.default.createDirectory(atPath: folder.file("providers"), withIntermediateDirectories: false)
        _ = try folder.write("openapi: 3.1.0\n", to: "providers/acme.yaml.txt")
        let none = try await run("check", "providers", in: folder.path)
        #expect(none.0 == 66 && none.output.isEmpty, "\(none.output)")
        #expect(none.complaint == "providers: error: no file in it ends in .yaml, .yml or .json\n")
        #expect(try await run("check", "bad.yaml", "--config", "b.yaml", in: folder.path).0 == 64)
        let useless = try await run("provider", "new", "acme", "--from", "bad.yaml", in: folder.path)
        #expect(useless.0 == 65)
        #expect(try await run("provider", "new", "acme", "--from", "nothing.yaml", in: folder.path).0 == 66)
    }
}
