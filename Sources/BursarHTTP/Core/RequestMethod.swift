/// A method as metrics name it: a closed set, because a method is any word of a caller's. *Value.*
package enum RequestMethod: UInt8, Sendable, CaseIterable {
    case get, head, post, put, patch, delete, options
    /// Any other; OpenTelemetry's word for it.
    case other

    package init(_ method: String) {
        switch method {
        case "GET": self = .get
        case "HEAD": self = .head
        case "POST": self = .post
        case "PUT": self = .put
        case "PATCH": self = .patch
        case "DELETE": self = .delete
        case "OPTIONS": self = .options
        default: self = .other
        }
    }

    package var label: String { self == .other ? "_OTHER" : String(describing: self).uppercased() }
}
