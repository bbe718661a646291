extension Words {
    /// `connection refused` for a label of a closed set; a sentence stays as it is.
    package static func spoken(_ reason: String) -> String {
        reason.contains(" ") ? reason : reason.replacing("_", with: " ")
    }
}
