import BursarBasics
import Foundation

@testable import BursarEngine

/// The seed of a random test: new at each run, printed, and settable to repeat a run (`BURSAR_SEED=…`).
func printedSeed(_ what: String) -> UInt64 {
    let given = ProcessInfo.processInfo.environment["BURSAR_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0...UInt64.max)
    print("\(what): seed \(seed) (repeat it with BURSAR_SEED=\(seed))")
    return seed
}

/// The number of a random test's rounds, settable for longer runs (`BURSAR_ROUNDS=…`).
func rounds(_ usual: Int) -> Int {
    ProcessInfo.processInfo.environment["BURSAR_ROUNDS"].flatMap { Int($0) } ?? usual
}

extension SplitMix64 {
    /// A number below `bound`; the slight unevenness does not matter here, the speed in debug builds does.
    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % bound }
    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}
