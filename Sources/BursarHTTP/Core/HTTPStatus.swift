/// Status codes: their reason phrases, their ready status lines, and which of them have no body.
package enum HTTPStatus {
    /// 1xx, 204 and 304 never have a body (RFC 9110 6.4.1), and no Content-Length goes out with them.
    static func isBodiless(_ status: Int) -> Bool { status < 200 || status == 204 || status == 304 }

    static func line(_ status: Int) -> String { "HTTP/1.1 \(status) \(reason(status))\r\n" }

    package static func reason(_ status: Int) -> String { knownReason(status) ?? "Status" }

    /// Nil where the registry has no words for it, or none that anybody needs here.
    package static func knownReason(_ status: Int) -> String? {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 428: "Precondition Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: nil
        }
    }
}

extension HeaderFields {
    /// What only the server may write, because a wrong one breaks the framing of the connection.
    static let ownedByServer = [
        "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "upgrade", "date", "age"
    ]

    /// Names that people write with capitals elsewhere than at the beginning of words.
    private static let unusualNames = ["ETag", "WWW-Authenticate"]

    /// Writes the fields as HTTP/1.1 lines, names capitalized as people know them ("Content-Type"): some old clients compare.
    func appendHTTP1(to out: inout [UInt8]) {
        for place in places {
            var atWordStart = true
            let name = bytes[Int(place.name.lowerBound)..<Int(place.name.upperBound)]
            let usual = Self.unusualNames.first { name.elementsEqual($0.utf8.lazy.map(\.loweredASCII)) }
            if let usual { out.append(contentsOf: usual.utf8) }
            for byte in name where usual == nil {
                out.append(atWordStart && byte >= 0x61 && byte <= 0x7A ? byte & 0xDF : byte)
                atWordStart = byte == 0x2D
            }
            out.append(0x3A)
            out.append(0x20)
            out.append(contentsOf: bytes[Int(place.value.lowerBound)..<Int(place.value.upperBound)])
            out.append(0x0D)
            out.append(0x0A)
        }
    }
}
