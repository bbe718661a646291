extension String {
    /// Padded at the end with blanks to `width` characters; unchanged where it is longer.
    package func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
