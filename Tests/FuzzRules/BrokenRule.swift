/// A rule that an input breaks, in words. *Value.*
package struct BrokenRule: Error, CustomStringConvertible {
    package let description: String
}

/// Ends the check of an input where a rule does not hold. The fuzzer traps on it, a test tells it.
func demand(_ holds: Bool, _ rule: @autoclosure () -> String) throws(BrokenRule) {
    guard holds else { throw BrokenRule(description: rule()) }
}
