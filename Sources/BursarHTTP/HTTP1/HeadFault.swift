/// What is wrong with a request head or body, and what the client is told: a sentence of ours, never the client's bytes.
/// The set is closed, so that it can be counted and tested case by case. *Value.*
package enum HeadFault: Error, Hashable, CaseIterable {
    case bareLineFeed, bareCarriageReturn, requestLine, method, version, unsupportedVersion
    case target, targetForm, targetScheme, targetFragment, targetAuthority, authorityTarget, asteriskTarget, targetTooLong
    case foldedField, fieldName, spaceBeforeColon, missingColon, fieldValue, tooManyFields, headTooLarge
    case missingHost, duplicateHost, badHost, duplicateAuthorization
    case badContentLength, duplicateContentLength, contentLengthWithTransferEncoding
    case unknownTransferEncoding, transferEncodingInHTTP10, duplicateTransferEncoding, expectation
    case badChunk, badTrailer, bodyTooLarge, bodiesTooLarge

    package var status: Int {
        switch self {
        case .unsupportedVersion: 505
        case .tooManyFields, .headTooLarge: 431
        case .targetTooLong: 414
        case .bodyTooLarge, .bodiesTooLarge: 413
        case .unknownTransferEncoding: 501
        case .expectation: 417
        default: 400
        }
    }

    package var detail: String {
        switch self {
        case .bareLineFeed: "A line ends with LF alone; lines end with CR LF."
        case .bareCarriageReturn: "There is a CR that no LF follows."
        case .requestLine: "The request line is not method, target and version with one blank between."
        case .method: "The method has bytes that a method cannot have, or more than 32."
        case .target: "The target has bytes that must be percent-encoded, or an incomplete percent-encoding."
        case .targetForm: "The target neither begins with a slash nor is a whole URL."
        case .targetScheme: "The target is a URL that is neither http nor https."
        case .targetFragment: "The target has a fragment: what stands behind a # is not sent."
        case .targetAuthority: "The target is a whole URL, and what it names is not a host and a port."
        case .authorityTarget: "The target is an authority; this is not a proxy."
        case .asteriskTarget: "The target * is one of OPTIONS alone."
        case .targetTooLong: "The target is too long."
        case .version: "The protocol version is malformed."
        case .unsupportedVersion: "Only HTTP/1.0 and HTTP/1.1 are spoken in this form."
        case .foldedField: "A field value goes on in a second line."
        case .fieldName: "A field name has bytes that it cannot have."
        case .spaceBeforeColon: "There is a blank between a field name and its colon."
        case .missingColon: "A field line has no colon."
        case .fieldValue: "A field value has a control byte."
        case .tooManyFields: "There are too many header fields. \(cookieHint)"
        case .headTooLarge: "The request head is too large. \(cookieHint)"
        case .missingHost: "There is no Host field."
        case .duplicateHost: "There is more than one Host field."
        case .badHost: "The Host field is not a host and a port."
        case .duplicateAuthorization: "There is more than one Authorization field."
        case .badContentLength: "Content-Length is not a whole number."
        case .duplicateContentLength: "There is more than one Content-Length field."
        case .contentLengthWithTransferEncoding: "There are both Content-Length and Transfer-Encoding."
        case .unknownTransferEncoding: "The only transfer coding understood is chunked."
        case .transferEncodingInHTTP10: "HTTP/1.0 has no Transfer-Encoding."
        case .duplicateTransferEncoding: "There is more than one Transfer-Encoding field."
        case .expectation: "The only expectation understood is 100-continue."
        case .badChunk: "The chunked body is malformed."
        case .badTrailer: "The trailer of the chunked body is malformed or too large."
        case .bodyTooLarge: "The request body is too large."
        case .bodiesTooLarge: "The request bodies of this connection are too large together."
        }
    }

    /// The commonest reason, which nobody looks for at a gateway that has no cookies of its own.
    private var cookieHint: String {
        "In a browser these are often cookies: every program on localhost, whatever its port, shares them. Clear those of this "
            + "host name, or use 127.0.0.1."
    }

    /// What a counter calls it.
    var event: ServerCounters.Event {
        switch self {
        case .unsupportedVersion: .unsupportedVersion
        case .tooManyFields, .headTooLarge, .targetTooLong: .headTooLarge
        case .bodyTooLarge, .bodiesTooLarge: .bodyTooLarge
        default: .malformedRequest
        }
    }
}
