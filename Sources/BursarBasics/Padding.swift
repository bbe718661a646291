extension String {
    /// With blanks behind it, as many characters as that; as it is where it has more.
    package func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
