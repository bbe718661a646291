import BursarBasics
import BursarModel
import Testing

@testable import BursarCatalog

/// Nothing that a file or an upstream says may trap.
@Suite struct CatalogFuzzTests {
    private static let seed: UInt64 = 0xCA7A_106

    private func mutated(_ text: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = text
        let tokens = [
            "{", "}", "[", "]", ": ", "- ", "\n", "  ", "\"", "'", "&a ", "*a", "$ref", "#/", "sum(", "[]", "?", "x-bursar:",
            "null", "%", "|\n", "\t"
        ]
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            guard !bytes.isEmpty else { break }
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(contentsOf: Array((tokens.randomElement(using: &random) ?? "").utf8), at: index)
            case 3: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...40, using: &random)))
            case 4:
                let start = Int.random(in: 0..<bytes.count, using: &random)
                bytes.insert(contentsOf: bytes[start...].prefix(60), at: index)
            default: bytes[index] = UInt8.random(in: 0x20...0x7E, using: &random)
            }
        }
        return bytes
    }

    @Test func `mutated definitions are read or refused with a place`() {
        var random = SplitMix64(seed: Self.seed)
        var accepted = 0
        let files = BuiltInDefinitions.shared.ids.compactMap { BuiltInDefinitions.shared.file($0) }
        for round in 0..<1_500 {
            guard let file = files.randomElement(using: &random) else { break }
            let bytes = mutated(file.bytes, &random)
            do throws(CatalogDiagnostics) {
                let catalog = try Catalog.empty.adding([DefinitionFile(path: "f.yaml", bytes: bytes)])
                accepted += 1
                for definition in catalog.definitions { _ = definition.evaluate(#"{"code":200,"data":{}}"#) }
            } catch {
                #expect(error.diagnostics.contains { $0.severity == .error }, "round \(round), seed \(Self.seed)")
            }
        }
        print("definition fuzz: seed \(Self.seed), \(accepted) of 1500 accepted")
    }

    @Test func `mutated bodies are a reading or a failure`() throws {
        var random = SplitMix64(seed: Self.seed &+ 1)
        let definitions = try Catalog.builtIn().definitions
        var readings = 0
        for round in 0..<20_000 {
            guard let definition = definitions.randomElement(using: &random),
                let response = definition.responses.randomElement(using: &random),
                let example = response.examples.randomElement(using: &random)
            else { break }
            let status =
                [response.status ?? 200, 200, 201, 204, 302, 400, 418, 500, 599, 0, -1, .max].randomElement(using: &random) ?? 200
            let bytes = mutated(example, &random)
            switch definition.evaluate(status: status, contentType: nil, body: bytes) {
            case .reading(let reading):
                readings += 1
                // Figures come of a success alone; that nothing is left, or nothing to tell, may be said by any status.
                let isWithoutFigures = reading.amounts.allSatisfy(\.value.isZero)
                #expect((200..<300).contains(status) || isWithoutFigures, "\(definition.id), round \(round), seed \(Self.seed)")
            case .failure(let failure):
                #expect(failure.upstreamStatus == status)
            }
            _ = definition.errorReply(status: status, message: String(decoding: bytes, as: UTF8.self))
        }
        print("body fuzz: seed \(Self.seed &+ 1), \(readings) readings of 20000")
    }
}
