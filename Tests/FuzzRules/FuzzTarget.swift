/// Something that reads bytes which strangers write, and what must hold of it. *Value.*
///
/// The coverage-guided fuzzer and the plain tests over its corpus call the same ``check``: a rule is said once.
package struct FuzzTarget: Sendable, CustomStringConvertible {
    /// As `scripts/fuzz` takes it.
    package let name: String
    /// The folder of tests in whose `Corpus` stands what was found.
    package let home: String
    /// The longest input. The longer, the fewer a second, and nothing new in them.
    package let longest: Int
    /// What inputs are made of, as far as it is longer than a byte: the fuzzer puts them together.
    package let words: [String]
    /// Where a first run starts, beside the corpus.
    package let seeds: @Sendable () -> [[UInt8]]
    /// Throws where the input breaks a rule.
    package let check: @Sendable ([UInt8]) throws(BrokenRule) -> Void

    init(
        _ name: String, home: String, longest: Int = 4_096, words: [String] = [],
        seeds: @escaping @Sendable () -> [[UInt8]] = { [] },
        _ check: @escaping @Sendable ([UInt8]) throws(BrokenRule) -> Void
    ) {
        (self.name, self.home, self.longest, self.words) = (name, home, longest, words)
        (self.seeds, self.check) = (seeds, check)
    }

    package var description: String { name }
}

extension FuzzTarget {
    /// To add one: a function that takes bytes and throws where a rule is broken, and a line here. A rule that relates two ways to
    /// read the same bytes finds more than "does not trap".
    package static let all: [FuzzTarget] = [
        .http1, .http2, .connection, .response, .proxy, .acceptEncoding, .json, .dates, .retryAfter, .scrubber, .token, .decode,
        .definition,
        .configuration
    ]

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
    /// Those whose corpus stands there.
    package static func of(_ home: String) -> [FuzzTarget] { all.filter { $0.home == home } }
}
