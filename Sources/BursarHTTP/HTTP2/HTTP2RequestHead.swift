/// A header block read as a request, with what libnghttp2 leaves to its user checked; a *value*.
///
/// libnghttp2 has already refused: uppercase names, pseudo-fields that are unknown, missing, doubled or behind other fields,
/// connection-specific fields, two Content-Lengths or Hosts, and control characters.
struct HTTP2RequestHead {
    /// Why a head is answered by the server itself; a *value*. The detail is ours, never the client's bytes.
    struct Refusal: Error, Equatable {
        var status: Int
        var detail: String

        init(status: Int, detail: String) { (self.status, self.detail) = (status, detail) }
        /// What is wrong in HTTP/1.1 as well, in the same words.
        init(_ fault: HeadFault) { self.init(status: fault.status, detail: fault.detail) }
    }

    let method: String
    let target: String
    /// Without pseudo-fields; `host` is always there, made from `:authority` where the client sent none.
    let headers: HeaderFields
    /// What `host` names.
    let authority: Authority
    /// What the client says the body will hold; nil where it says nothing.
    let contentLength: Int?
    /// Whether the client waits for a 100 before it sends the body (RFC 9110 10.1.1).
    let expectsContinue: Bool

    /// - Parameter block: bytes as `HTTP2HeaderBlock` keeps them.
    init(_ block: [UInt8]) throws(Refusal) {
        var method: ArraySlice<UInt8>?
        var path: ArraySlice<UInt8>?
        var scheme: ArraySlice<UInt8>?
        var authority: HeaderFields.Place?
        var host: HeaderFields.Place?
        var authorizations = 0
        var contentLength: Int?
        var expectsContinue = false
        var places = HTTP2HeaderBlock.places(in: block)
        func slice(_ range: Range<UInt32>) -> ArraySlice<UInt8> { block[Int(range.lowerBound)..<Int(range.upperBound)] }

        var pseudoFields = 0
        for place in places {
            let name = slice(place.name)
            if name.first == UInt8(ascii: ":") {
                pseudoFields += 1
                switch name.count {
                case 5 where name.elementsEqual(":path".utf8): path = slice(place.value)
                case 7 where name.elementsEqual(":method".utf8): method = slice(place.value)
                case 7 where name.elementsEqual(":scheme".utf8): scheme = slice(place.value)
                case 10 where name.elementsEqual(":authority".utf8): authority = place
                default: throw Refusal(status: 400, detail: "There is an unknown pseudo-field.")
                }
                continue
            }
            switch name.count {
            case 4 where name.elementsEqual("host".utf8): host = place
            case 6 where name.elementsEqual("expect".utf8):
                guard slice(place.value).map(\.loweredASCII) == Array("100-continue".utf8) else {
                    throw Refusal(.expectation)
                }
                expectsContinue = true
            case 13 where name.elementsEqual("authorization".utf8): authorizations += 1
            case 14 where name.elementsEqual("content-length".utf8): contentLength = HTTP2RequestHead.number(slice(place.value))
            default: break
            }
        }
        guard authorizations <= 1 else { throw Refusal(.duplicateAuthorization) }
        guard let method, let path, let scheme else { throw Refusal(status: 400, detail: "A pseudo-field is missing.") }
        guard HTTP2RequestHead.isHTTP(scheme) else { throw Refusal(status: 400, detail: "The scheme is neither http nor https.") }
        let length = RequestMethod.length(beginning: method)
        guard RequestMethod.mayHave(length: length), length == method.count else { throw Refusal(.method) }
        try HTTP2RequestHead.check(path: path, method: method)

        // Two names for the server that differ would let a request pass one check under a name and the next under another.
        let names = [authority, host].compactMap { $0.map { slice($0.value).map(\.loweredASCII) } }
        if names.count == 2, names[0] != names[1] {
            throw Refusal(status: 400, detail: ":authority and Host differ.")
        }
        guard let name = host ?? authority, let named = slice(name.value).withUnsafeBufferPointer({ Authority($0) }) else {
            throw Refusal(status: 400, detail: "The host is missing or malformed.")
        }
        places.removeFirst(pseudoFields)  // libnghttp2 lets none come behind another field
        var bytes = block
        if host == nil {
            let start = UInt32(bytes.count)
            bytes.append(contentsOf: "host".utf8)
            places.insert(HeaderFields.Place(name: start..<start + 4, value: name.value), at: 0)
        }
        self.method = String(decoding: method, as: UTF8.self)
        self.target = String(decoding: path, as: UTF8.self)
        self.headers = HeaderFields(checked: bytes, places: places)
        self.authority = named
        self.contentLength = contentLength
        self.expectsContinue = expectsContinue
    }

    /// Origin-form, or `*` for OPTIONS: as strict as the HTTP/1.1 side.
    private static func check(path: ArraySlice<UInt8>, method: ArraySlice<UInt8>) throws(Refusal) {
        if path.elementsEqual("*".utf8) {
            guard method.elementsEqual("OPTIONS".utf8) else { throw Refusal(.asteriskTarget) }
            return
        }
        guard path.first == UInt8(ascii: "/") else { throw Refusal(status: 400, detail: "The path does not begin with a slash.") }
        if let fault = path.withUnsafeBufferPointer({ RequestTarget.fault(inPath: $0) }) { throw Refusal(fault) }
    }

    private static func isHTTP(_ scheme: ArraySlice<UInt8>) -> Bool {
        let text = scheme.map(\.loweredASCII)
        return text == Array("http".utf8) || text == Array("https".utf8)
    }

    /// Only digits; libnghttp2 has refused everything else, so nil stands for more than any limit here.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        guard bytes.count <= 15 else { return .max }
        return bytes.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
    }
}
