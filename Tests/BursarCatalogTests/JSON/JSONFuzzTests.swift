import BursarBasics
import Testing

@testable import BursarCatalog

/// Mutated JSON: whatever comes, it is read or refused, and never a trap.
@Suite struct JSONFuzzTests {
    private static let seed: UInt64 = 0x6A73_6F6E
    private static let corpus = [
        #"{"balance_usd":"12.3400"}"#, #"{"code":200,"data":{"available":950,"frozen":10,"total":960}}"#,
        #"[1,-2.5e10,"\u00e9\ud83d\ude00",{"a":[[[]]]},null,true,false]"#, #"{"a":{"b":{"c":{"d":"\\\"\n"}}}}"#, "  0.10  ",
        #"{"k0":0,"k1":1,"k2":2,"k3":3,"k4":4,"k5":5,"k6":6,"k7":7,"k8":8,"k9":9,"k10":0,"k11":0,"k12":0,"k13":0,"k14":0,"k15":0,"k16":0}"#
    ].map { Array($0.utf8) }
    private static let tokens = ["{", "}", "[", "]", ",", ":", "\"", "\\u", "\\ud83d", "1e9", "-", "null", "\u{0}", "é", "\"a\":"]
        .map {
            Array($0.utf8)
        }

    @Test func `twenty thousand mutations are read or refused`() {
        var random = SplitMix64(seed: Self.seed)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = Self.mutated(&random)
            guard let value = try? JSONReader.read(bytes) else { continue }
            accepted += 1
            // What was read is written and read again to the same value, compact and pretty.
            #expect((try? JSONReader.read(JSONWriter.compact(value))) == value, "seed \(Self.seed)")
            #expect((try? JSONReader.read(JSONWriter.pretty(value))) == value, "seed \(Self.seed)")
            // The located reader takes exactly the same texts.
            #expect((try? LocatedReader.json(bytes, file: "f"))?.json == value, "seed \(Self.seed)")
        }
        print("JSON fuzz: seed \(Self.seed), \(accepted) of 20000 accepted")
        #expect(accepted > 100)
    }

    static func mutated(_ random: inout SplitMix64) -> [UInt8] {
        var bytes = corpus.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            guard !bytes.isEmpty else { break }
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: index)
            case 3: bytes.removeSubrange(index...)
            case 4: bytes.insert(contentsOf: bytes[index...].prefix(8), at: index)
            default: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        return bytes
    }
}
