import BursarBasics
@testable import BursarHTTP

extension FuzzTarget {
    /// A PROXY header, version 1 or 2.
    static let proxy = FuzzTarget(
        "proxy", home: "BursarHTTPTests", longest: 600,
        words: ["PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN\r\n", "192.0.2.1 ", "2001:db8::1 ", "65535", "\r\n\r\n\0\r\nQUIT\n"],
        checkProxyHeader)

    static let acceptEncoding = FuzzTarget(
        "accept-encoding", home: "BursarHTTPTests", longest: 200,
        words: ["gzip", "x-gzip", "identity", "*", ";q=", "; q=0", ";q=0.001", ";q=1.000", ", ", "br"], checkAcceptEncoding)
}

/// Never longer than what came, and what is incomplete stays incomplete or becomes what the whole is.
private func checkProxyHeader(_ bytes: [UInt8]) throws(BrokenRule) {
    let whole = bytes.withUnsafeBytes(ProxyHeader.read)
    if case .header(let length, let client) = whole {
        try demand(length <= bytes.count, "longer than the input")
        if case .address(let address) = client { try demand(address.scope != .unspecified, "a client that is nobody") }
    }
    for length in 0..<min(bytes.count, 300) {
        let part = bytes[..<length].withUnsafeBytes(ProxyHeader.read)
        try demand(part == .incomplete || part == whole, "\(length) bytes were judged otherwise than the whole")
    }
}

/// One list says what its members say in several fields, and their order means nothing.
private func checkAcceptEncoding(_ bytes: [UInt8]) throws(BrokenRule) {
    let line = String(decoding: bytes, as: UTF8.self)
    let members = line.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
    for gzipExists in [true, false] {
        let whole = ContentCoding.negotiated([line], gzipExists: gzipExists)
        try demand(whole == ContentCoding.negotiated(members, gzipExists: gzipExists), "differs in several fields")
        try demand(whole == ContentCoding.negotiated(members.reversed(), gzipExists: gzipExists), "differs by order")
        try demand(gzipExists || whole != .gzip, "a form that is not there")
    }
}
