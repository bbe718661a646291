import BursarBasics
package import BursarModel

/// A provider as data, compiled: what to ask, what an answer must be, what it says. *Value.*
package struct ProviderDefinition: Sendable {
    package let id: ProviderID
    /// For people: `Acme Cloud`.
    package let title: String
    package let documentationURL: String?
    /// `https://api.example.com`: scheme, host and port, no path.
    package let origin: String
    /// The documented path with the server's own part: `/v1/{team}/balance`. A trailing slash belongs to it.
    package let path: String
    /// Fixed, without its question mark.
    package let query: String?
    package let auth: AuthPlan
    /// Sent with every request; names are lowercased.
    package let fixedHeaders: [(name: String, value: String)]
    /// The first that is set makes an account where no file is given.
    package let environmentVariables: [String]
    /// The units its amounts may have, as far as they are known beforehand.
    package let unitNames: [String]
    /// What Bursar may take of a documented limit; nil where none is documented.
    package let budget: CallLimit?
    /// The names in braces in ``path``: each account gives their values.
    package let parameters: [String]
    /// In the order of the document.
    package let responses: [DocumentedResponse]
    /// The document as written, `x-bursar` included.
    package let openAPI: JSONValue
    /// For the mocks, which change numbers of the example.
    package let places: ExamplePlaces

    let plan: ResponsePlan
}

/// So many calls in so much time. *Value.*
package struct CallLimit: Sendable, Hashable {
    package let calls: Int
    package let window: Duration

    package init(calls: Int, window: Duration) {
        self.calls = calls
        self.window = window
    }
}

/// One documented response. *Value.*
package struct DocumentedResponse: Sendable {
    /// Nil for a range or `default`.
    package let status: Int?
    /// As documented: `200`, `4XX`, `default`.
    package let key: String
    package let description: String
    /// Nil where no content is documented.
    package let mediaType: String?
    /// As in the document, its `$ref`s too.
    package let schema: JSONValue?
    /// Compact JSON in the document's order of members; the first is the one to serve.
    package let examples: [[UInt8]]

    package var example: [UInt8]? { examples.first }
}

/// Where things stand in the success example. *Value.*
package struct ExamplePlaces: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        case key(String)
        case index(Int)
    }

    /// The number that the first amount is read from; the first of them where it is computed from several.
    package let firstAmount: [Step]?
    /// The provider's own word on a low balance.
    package let lowFlag: [Step]?
    /// The number that a success must have, such as `code`.
    package let code: [Step]?
}

extension ProviderDefinition {
    /// The path with its parameters put in and the fixed query: what stands behind the base URL. Nil where a parameter is missing.
    package func target(parameters values: [String: String]) -> String? {
        var target = ""
        var rest = path[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            guard let value = values[String(rest[rest.index(after: open)..<close])], !value.isEmpty, value != ".", value != ".."
            else { return nil }
            target += rest[..<open]
            target += value.percentEncodedSegment
            rest = rest[rest.index(after: close)...]
        }
        target += rest
        return query.map { "\(target)?\($0)" } ?? target
    }
}

extension String {
    /// Everything but RFC 3986's unreserved characters is encoded: the value stays one segment, whatever it is.
    fileprivate var percentEncodedSegment: String {
        let digits = Array("0123456789ABCDEF")
        var result = ""
        for byte in utf8 {
            if byte.isASCIILetter || byte.isASCIIDigit || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x7E {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result.append("%")
                result.append(digits[Int(byte >> 4)])
                result.append(digits[Int(byte & 15)])
            }
        }
        return result
    }
}
