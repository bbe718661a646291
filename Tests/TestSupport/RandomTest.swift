import Foundation

/// What drives a test that goes through random cases. A run is the same each time, so that what it finds is found where it was made;
/// other cases, and more of them, are asked for by hand: `BURSAR_SEED=random BURSAR_ROUNDS=100000 scripts/test --filter …`.
package enum RandomTest {
    private static let environment = ProcessInfo.processInfo.environment

    /// - Returns: the same number each time, `BURSAR_SEED`, or with `BURSAR_SEED=random` one that nobody knows. It is printed.
    package static func seed(_ what: String, usual: UInt64 = 20_261_121) -> UInt64 {
        let given = environment["BURSAR_SEED"]
        let seed = given == "random" ? .random(in: .min ... .max) : given.flatMap { UInt64($0) } ?? usual
        print("\(what): seed \(seed) (repeat it with BURSAR_SEED=\(seed))")
        return seed
    }

    /// - Returns: how many cases, or `BURSAR_ROUNDS`.
    package static func rounds(_ usual: Int) -> Int { environment["BURSAR_ROUNDS"].flatMap { Int($0) } ?? usual }
}
