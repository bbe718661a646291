import BursarCatalog
import BursarModel

/// A gateway's answer as the commands read it. *Pure.* Whatever answered may not be a gateway: what does not look like one is nil.
enum AnswerDocument {
    /// - Parameter schema: what its `schema` has to say.
    static func read(_ json: [UInt8], schema: String) -> JSONValue? {
        guard let document = try? JSONReader.readWhole(json), document["schema"]?.text == schema else { return nil }
        return document
    }
}

extension JSONValue {
    /// Nil for null, and for what is no time.
    var time: WallTime? { text.flatMap { WallTime(rfc3339: $0) } }
}
