extension Words {
    /// `connection refused` for a label of a closed set; a sentence stays as it is. As `bursar status` says it.
    package static func spoken(_ reason: String) -> String { NeedReport.spoken(reason) }
}
