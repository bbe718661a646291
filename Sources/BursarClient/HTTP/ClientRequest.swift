import BursarBasics

/// A request without a body. *Value.*
package struct ClientRequest: Sendable {
    package var method: String
    package let origin: Origin
    package let target: String
    /// In the order in which they are written. `Host` is ours where it does not stand here.
    package var fields: [(name: String, value: String)]
    /// Nil: the request has none, not even an empty one.
    package let body: [UInt8]?

    package init(
        method: String = "GET", origin: Origin, target: String, fields: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) {
        self.method = method
        self.origin = origin
        self.target = target
        self.fields = fields
        self.body = body
    }

    package init(
        method: String = "GET", url: RequestURL, fields: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) {
        self.init(method: method, origin: url.origin, target: url.target, fields: fields, body: body)
    }

    /// The bytes of head and body. Nil where one of them may not stand there: a line feed would begin another field.
    var bytes: [UInt8]? {
        guard HTTPText.isToken(method.utf8), !target.isEmpty, target.utf8.allSatisfy(\.isVisibleASCII) else {
            return nil
        }
        var head = "\(method) \(target) HTTP/1.1\r\n"
        if !fields.contains(where: { $0.name.lowercased() == "host" }) { head += "host: \(origin.hostField)\r\n" }
        for (name, value) in fields {
            guard HTTPText.isToken(name.utf8), HTTPText.isValue(value.utf8) else { return nil }
            head += "\(name): \(value)\r\n"
        }
        // RFC 9110 8.6: a method that usually has a body says so where it has none.
        if body != nil || ["POST", "PUT", "PATCH"].contains(method) { head += "content-length: \(body?.count ?? 0)\r\n" }
        return Array((head + "\r\n").utf8) + (body ?? [])
    }
}

/// What a server answered. *Value.* Not trusted.
package struct ClientResponse: Sendable {
    package let status: Int
    /// Names in lower case, in the order received.
    package let fields: [(name: String, value: String)]
    /// As it came, content coding and all. Empty where ``fault`` says why.
    package var body: [UInt8]
    /// Why the body is not whole.
    package var fault: TransportFault?

    package init(status: Int, fields: [(name: String, value: String)], body: [UInt8] = [], fault: TransportFault? = nil) {
        self.status = status
        self.fields = fields
        self.body = body
        self.fault = fault
    }

    package func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}

/// How a request ended. *Value.*
package enum ClientResult: Sendable {
    /// A head came; the body may still be missing.
    case response(ClientResponse)
    /// No head came.
    case failed(ClientError)
}

/// Which bytes HTTP allows where (RFC 9110 5.5, 5.6.2). *Pure.*
enum HTTPText {
    static func isToken(_ bytes: some Collection<UInt8>) -> Bool { !bytes.isEmpty && bytes.allSatisfy(isTokenByte) }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// No control character but the tabulator.
    static func isValue(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }
}
