import BursarCatalog
@testable import BursarConfiguration
import BursarHTTP
import BursarModel
import TestSupport
import Testing

@testable import BursarGateway

/// The time of a refusal tells nothing of how near a token was to a right one.
@Suite struct TokenTimingTests {
    /// Samples of one kind of token, in the order in which they were taken. *Value.*
    private struct Samples {
        var values: [Int64] = []

        func percentile(_ part: Int) -> Int64 { values.sorted()[values.count * part / 100] }

        /// The median of what the other kind took longer in the same round: a machine that is slower for a while is so for both, and would
        /// move a quantile of all of them.
        func difference(to other: Samples) -> Int64 {
            zip(other.values, values).map { $0 - $1 }.sorted()[values.count / 2]
        }
    }

    @Test func `a wrong first byte costs what a wrong last byte costs`() throws {
        let client = TestClient("timing")
        let configuration = try #require(
            try readConfiguration("clients:\n" + client.line() + "accounts: []\n").configuration)
        let directory = ClientDirectory(configuration.clients, scopeOf: { _ in 0 }, limiter: { _ in nil })
        // The checksum is made to fit, so that nothing but the table of digests refuses them.
        let tokens = [wrong(client.token, at: [4]), wrong(client.token, at: [46]), wrong(client.token, at: Array(4..<47))]
        let headers = tokens.map { HeaderFields(dictionaryLiteral: ("authorization", "Bearer \($0)")) }
        let isKnown = { (kind: Int) in
            guard case .token(let digest) = PresentedToken.read(headers[kind], auth: nil) else { return true }
            return directory.client(token: digest) != nil
        }
        for kind in tokens.indices { #expect(!isKnown(kind)) }
        let samples = Self.measure(isKnown)
        Self.tell("the gateway", samples)
        // The bound is generous, because this machine does other things.
        let difference = samples[0].difference(to: samples[1])
        #expect(abs(difference) * 10 <= samples[0].percentile(25), "\(difference) ns")

        // That the same measurement finds a comparison which stops early, or it could not fail.
        let right = Array(client.token.utf8), others = tokens.map { Array($0.utf8) }
        let naive = Self.measure { kind in
            for (one, other) in zip(right, others[kind]) where one != other { return false }
            return true
        }
        Self.tell("one that stops early", naive)
        #expect(naive[0].difference(to: naive[1]) * 10 > naive[1].percentile(25))
    }

    /// Interleaved in a random order, so that whatever else the machine does meets all kinds alike.
    private static func measure(_ isKnown: (Int) -> Bool) -> [Samples] {
        let clock = ContinuousClock()
        var samples = Array(repeating: Samples(), count: 3)
        var known = 0
        for round in 0..<(rounds + 200) {
            for kind in samples.indices.shuffled() {
                let start = clock.now
                for _ in 0..<batch where isKnown(kind) { known += 1 }
                let time = (clock.now - start).nanoseconds / Int64(batch)
                if round >= 200 { samples[kind].values.append(time) }
            }
        }
        return known == 0 ? samples : []
    }

    private static let rounds = 3_000
    private static let batch = 20

    private static func tell(_ what: String, _ samples: [Samples]) {
        for (kind, samples) in zip(["first byte", "last byte", "every byte"], samples) {
            print(
                "comparison by \(what), wrong \(kind): \(rounds) samples of \(batch), ns each: 5 % \(samples.percentile(5)), "
                    + "25 % \(samples.percentile(25)), median \(samples.percentile(50)), 75 % \(samples.percentile(75))")
        }
    }

    @Test func `digests are compared to the end, wherever they differ`() throws {
        let right = try #require(TokenDigest(hex: String(repeating: "00", count: 32)))
        let places = [0, 31]
        let wrong = try places.map { place in
            try #require(
                TokenDigest(hex: (0..<32).map { $0 == place ? "01" : "00" }.joined()))
        }
        for digest in wrong { #expect(digest != right) }
        let clock = ContinuousClock()
        var times = [Samples](repeating: Samples(), count: 2)
        var equal = 0
        for _ in 0..<2_000 {
            for index in wrong.indices.shuffled() {
                let start = clock.now
                for _ in 0..<200 where wrong[index] == right { equal += 1 }
                times[index].values.append((clock.now - start).nanoseconds)
            }
        }
        #expect(equal == 0)
        let (medians, difference) = (times.map { $0.percentile(50) }, times[0].difference(to: times[1]))
        print(
            "digest comparison, 200 each: wrong first byte \(medians[0]) ns, wrong last byte \(medians[1]) ns (medians of 2000)")
        #expect(abs(difference) * 5 <= medians[0], "\(difference) ns")
    }

    /// The token with other characters at these places, and a checksum that fits.
    private func wrong(_ token: String, at places: [Int]) -> String {
        var bytes = Array(token.utf8.prefix(47))
        for place in places { bytes[place] = bytes[place] == UInt8(ascii: "q") ? UInt8(ascii: "r") : UInt8(ascii: "q") }
        return String(decoding: bytes + ClientToken.checksum(of: bytes), as: UTF8.self)
    }
}
