import BursarGateway
import NIOHTTP1
import BursarCatalog
import BursarMocks
import BursarModel
import Foundation
import Testing

/// No credential leaves the process: the whole program, at the most verbose log level, against an upstream that echoes the key
/// in bodies and headers, and a caller who puts it everywhere.
@Suite struct CanaryTests {
    @Test(arguments: ["echo-key", "echo-key-401", "echo-key-429", "echo-key-500"])
    func `a key that the upstream echoes comes out nowhere, in no encoding`(scenario: String) async throws {
        let canary = "mock-\(scenario)~CANARY-4f9a/+\"é-do-not-show"
        let caller = "mock-\(scenario)~CALLER-77c1d2e3f4-do-not-show"
        let accounts = TestGateway.routes.keys.sorted().map { "provider: \($0), key: '\(canary.filter { $0.isASCII })'" }
        let configured = canary.filter { $0.isASCII }
        try await TestGateway.with(accounts) { gateway async throws in
            var seen: [UInt8] = []
            func keep(_ answer: TestGateway.Answer) {
                seen += answer.bytes + [0x0A]
                for header in answer.headers { seen += Array("\(header.name): \(header.value)\n".utf8) }
            }
            let escaped = caller.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            for path in ["/v1/balances", "/v1/balances?pretty", "/v1/providers", "/metrics", "/openapi.json", "/readyz"] {
                keep(try await gateway.get(path))
                keep(try await gateway.get(path, ("accept", "text/plain"), ("cache-control", "no-cache")))
                keep(try await gateway.get(path + (path.contains("?") ? "&" : "?") + "key=\(escaped)"))
                keep(try await gateway.get(path + "/\(escaped)"))
            }
            for (provider, path) in TestGateway.routes {
                let value = provider == "tensorpix" ? "Token \(caller)" : provider == "hyper3d" ? "Bearer \(caller)" : caller
                let header = provider == "tensorpix" || provider == "hyper3d" ? "authorization" : "x-api-key"
                keep(try await gateway.get(path))
                keep(try await gateway.get(path, (header, value)))
                keep(try await gateway.get(path, (header, value), ("cache-control", "no-cache")))
                keep(try await gateway.get(path + "?api_key=\(escaped)", (header, value)))
                keep(try await gateway.get("/providers/\(provider)@\(escaped)/x", (header, value)))
            }
            seen += Array(gateway.log.text.utf8)
            #expect(seen.count > 10_000)
            for (name, encoding) in Self.encodings(of: configured) + Self.encodings(of: caller) {
                #expect(!Self.contains(seen, encoding), "found as \(name)")
            }
            // Scrubbing must not be hiding by switching off: the log did tell of the calls.
            #expect(gateway.log.text.contains("\"provider\":\"sunor\""))
        }
    }

    @Test func `the check finds a key in every encoding when one is let out`() {
        let key = "mock-ok~CALLER-77c1d2e3f4-do-not-show"
        for (_, encoding) in Self.encodings(of: key) {
            #expect(Self.contains(Array("before ".utf8) + encoding + Array(" after".utf8), encoding))
        }
    }

    private static func encodings(of key: String) -> [(String, [UInt8])] {
        let bytes = Array(key.utf8)
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let base64 = Data(bytes).base64EncodedString()
        return [
            ("plain", bytes), ("percent", Array((key.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? key).utf8)),
            ("base64", Array(base64.trimmingCharacters(in: ["="]).dropLast(2).utf8)), ("hex", Array(hex.utf8)),
            ("HEX", Array(hex.uppercased().utf8)),
            ("json", Array(key.replacing("\"", with: "\\\"").replacing("/", with: "\\/").utf8))
        ]
    }

    private static func contains(_ haystack: [UInt8], _ needle: [UInt8]) -> Bool {
        Data(haystack).range(of: Data(needle)) != nil
    }
}
