import BursarBasics
import FuzzRules
import Testing

@testable import BursarModel

@Suite struct LeakSearchTests {
    private static let key = "key-4f9a/+\"é do not show"
    private static let secrets = [("sunor/default", Secret(key)), ("legnext/main", Secret("other-key-0123456789"))]

    private func search(_ text: [UInt8], piece: Int) -> [SecretSighting] {
        var search = LeakSearch(Self.secrets)
        var found: [SecretSighting] = []
        var rest = text[...]
        while !rest.isEmpty {
            found += search.feed(rest.prefix(piece))
            rest = rest.dropFirst(piece)
        }
        found += search.finish()
        #expect(search.searched == text.count)
        return found
    }

    @Test(arguments: SecretWriting.allCases)
    func `each writing is found, at its place, by its name`(writing: SecretWriting) throws {
        let before = Array(repeating: UInt8(ascii: "."), count: 1_000)
        let example = writing.example(Array(Self.key.utf8))
        let found = search(before + example + before, piece: 333)
        #expect(found.map(\.name) == ["sunor/default"])
        let sighting = try #require(found.first)
        #expect((1_000..<1_006).contains(sighting.offset), "\(sighting)")
        let form: SecretForm =
            switch writing {
            case .plain: .plain
            case .percentUpper, .percentLower, .percentTwice: .percent
            case .unicodeEscapes: .escaped
            case .escapesInPercent: .percent
            case .hexLower, .hexUpper: .hex
            default: .base64
            }
        #expect(sighting.form == form)
    }

    @Test func `wherever the windows end, each place is told once`() {
        // Dense enough that some stand across every border, and more than two windows long.
        var generator = SplitMix64(seed: 8)
        var text: [UInt8] = []
        var places: [Int] = []
        let writings: [SecretWriting] = [.plain, .percentTwice, .escapesInPercent, .base64Second]
        while text.count < 3 << 20 {
            text += Array(repeating: UInt8(ascii: " "), count: Int.random(in: 1...4_000, using: &generator))
            places.append(text.count)
            text += writings[places.count % writings.count].example(Array(Self.key.utf8))
        }
        let found = search(text, piece: 100_000)
        #expect(found.count == places.count)
        for (place, sighting) in zip(places, found) { #expect((place..<(place + 6)).contains(sighting.offset)) }
    }

    @Test func `what repeats without a gap for longer than a window is told and ends`() {
        let run = Array(String(repeating: "other-key-0123456789", count: 150_000).utf8)
        #expect(search(run, piece: 64 << 10).first?.offset == 0)
    }

    @Test func `each of many sightings is named without a new index of every credential`() {
        let secrets = (0..<60).map { ("account-\($0)", Secret("one-of-sixty-credentials-\(100 + $0)")) }
        let clock = ContinuousClock()
        let indexes = clock.measure { for (_, secret) in secrets { _ = Scrubber([secret]) } }
        var search = LeakSearch(secrets)
        var found: [SecretSighting] = []
        let text = Array(String(repeating: "a line with one-of-sixty-credentials-107 in it\n", count: 400).utf8)
        let time = clock.measure { found = search.feed(text) + search.finish() }
        #expect(found.count == 400 && found.allSatisfy { $0.name == "account-7" })
        // A wide margin: it was a set of indexes for each of the 400.
        #expect(time < indexes * 80, "\(time), and all indexes once \(indexes)")
    }

    @Test func `clean text and no text have nothing`() {
        #expect(search([], piece: 1).isEmpty)
        #expect(search(Array("nothing to see".utf8), piece: 1).isEmpty)
        var nobody = LeakSearch([])
        #expect(nobody.feed(Array("text".utf8)).isEmpty && nobody.finish().isEmpty)
    }
}
