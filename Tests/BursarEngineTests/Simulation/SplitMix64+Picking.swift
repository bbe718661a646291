import BursarBasics

extension SplitMix64 {
    /// A number below `bound`; the slight unevenness does not matter here, the speed in debug builds does.
    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % bound }
    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}
