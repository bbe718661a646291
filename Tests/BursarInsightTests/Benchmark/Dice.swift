import BursarBasics
import BursarInsight
import Glibc

/// Random numbers for made-up histories. *Value.*
struct Dice {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// In 0 ..< 1.
    mutating func uniform() -> Double { Double(random.next() >> 11) / 9_007_199_254_740_992 }
    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }
    mutating func logUniform(_ range: ClosedRange<Double>) -> Double {
        exp(uniform(log(range.lowerBound)...log(range.upperBound)))
    }
    mutating func normal() -> Double { (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform()) }
    mutating func exponential(mean: Double) -> Double { -mean * log(1 - uniform()) }
    /// With the mean 1, for an exponent above 1.
    mutating func pareto(_ exponent: Double) -> Double { (exponent - 1) / exponent * pow(1 - uniform(), -1 / exponent) }
    mutating func poisson(_ mean: Double) -> Int {
        var count = 0
        var product = 1 - uniform()
        let limit = exp(-mean)
        while product > limit, count < 1_000 {
            count += 1
            product *= 1 - uniform()
        }
        return count
    }
    mutating func chance(_ likelihood: Double) -> Bool { uniform() < likelihood }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(uniform() * Double(elements.count))] }
}
