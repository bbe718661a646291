import BursarCatalog

/// What a problem document says. *Pure.*
package enum ProblemAnswer {
    /// Its `detail`, else its `title`.
    package static func detail(inJSON json: [UInt8]) -> String? {
        guard let document = try? JSONReader.read(json) else { return nil }
        return (document["detail"] ?? document["title"])?.text
    }

    /// Whether it is one of a gateway's own: anything may answer at an address, with any status, and with problem documents too.
    package static func isOurs(inJSON json: [UInt8]) -> Bool {
        (try? JSONReader.read(json))?["type"]?.text?.hasPrefix("urn:bursar:problem:") ?? false
    }
}
