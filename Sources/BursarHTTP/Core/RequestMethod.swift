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

extension RequestMethod {
    /// WebDAV's longest has 17 bytes; a longer one is none that anybody serves.
    static let longest = 32

    /// How many bytes of a method (a token, RFC 9110 9.1) the bytes begin with. It looks no further than one behind the longest.
    static func length(beginning bytes: some Collection<UInt8>) -> Int {
        var length = 0
        for byte in bytes {
            guard length <= longest, ByteSet.token.contains(byte) else { break }
            length += 1
        }
        return length
    }

    /// Whether that many bytes may be a method.
    static func mayHave(length: Int) -> Bool { length > 0 && length <= longest }
}
