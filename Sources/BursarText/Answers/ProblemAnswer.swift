import BursarCatalog

/// What a problem document says. *Pure.*
package enum ProblemAnswer {
    /// Its `detail`, else its `title`.
    package static func detail(inJSON json: [UInt8]) -> String? {
        guard let document = try? JSONReader.read(json) else { return nil }
        return (document["detail"] ?? document["title"])?.text
    }
}
