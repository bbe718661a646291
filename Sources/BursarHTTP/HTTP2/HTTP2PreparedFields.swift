internal import CNghttp2
internal import NIOCore
import Synchronization

/// A response's header fields as the array that libnghttp2 takes, in memory of its own. *Immutable after init; any thread.*
///
/// libnghttp2 is told not to copy names and values (NGHTTP2_NV_FLAG_NO_COPY_…), so this must live until the stream that uses
/// it is closed; the stream holds it. Sendable although it holds pointers: what they lead to is written in `init`, then only read.
final class HTTP2PreparedFields: PreparedFields, @unchecked Sendable {
    /// `:status`, then `date` with an empty value, then the response's own fields, then `age` with an empty value.
    let pairs: UnsafeMutablePointer<nghttp2_nv>
    let count: Int
    private let bytes: UnsafeMutablePointer<UInt8>

    /// Where a connection puts in what changes by time.
    static let datePlace = 1
    var agePlace: Int { count - 1 }

    /// - Parameters:
    ///   - status: 100 to 999; anything else becomes 500, because a client would take the connection for broken.
    ///   - headers: in lower case; fields that HTTP/2 forbids are left out.
    init(status: Int, headers: HeaderFields) {
        let places = headers.places
        let kept = places.filter { !HTTP2PreparedFields.isForbidden(headers, $0) }
        let named = Array(":statusdateage".utf8) + Array(String((100...999).contains(status) ? status : 500).utf8)
        bytes = .allocate(capacity: named.count + max(1, headers.bytes.count))
        bytes.update(from: named, count: named.count)
        let fields = bytes + named.count
        fields.update(from: headers.bytes, count: headers.bytes.count)
        count = kept.count + 3
        pairs = .allocate(capacity: count)
        let noCopy = UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)
        let noCopyName = UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)
        pairs.initialize(to: nghttp2_nv(name: bytes, value: bytes + 14, namelen: 7, valuelen: 3, flags: noCopy))
        (pairs + 1).initialize(to: nghttp2_nv(name: bytes + 7, value: bytes, namelen: 4, valuelen: 0, flags: noCopyName))
        for (index, place) in kept.enumerated() {
            (pairs + 2 + index).initialize(
                to: nghttp2_nv(
                    name: fields + Int(place.name.lowerBound), value: fields + Int(place.value.lowerBound),
                    namelen: place.name.count, valuelen: place.value.count, flags: noCopy))
        }
        (pairs + count - 1).initialize(to: nghttp2_nv(name: bytes + 11, value: bytes, namelen: 3, valuelen: 0, flags: noCopyName))
        super.init()
    }

    /// The inherited initializer, given a meaning: no field at all.
    override init() {
        (pairs, bytes, count) = (.allocate(capacity: 1), .allocate(capacity: 1), 0)
        super.init()
    }

    deinit {
        pairs.deallocate()
        bytes.deallocate()
    }

    /// RFC 9113 8.2.2, and what the session itself writes. A value that came from elsewhere may also hold bytes that a client
    /// must take for an attack; then the field is left out rather than the whole answer.
    private static func isForbidden(_ headers: HeaderFields, _ place: HeaderFields.Place) -> Bool {
        let name = headers.bytes[Int(place.name.lowerBound)..<Int(place.name.upperBound)]
        let value = headers.bytes[Int(place.value.lowerBound)..<Int(place.value.upperBound)]
        let isOurs = ["date", "age", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"].contains {
            name.elementsEqual($0.utf8)
        }
        return isOurs || name.first == UInt8(ascii: ":") || value.contains { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }
    }
}

extension HTTP2PreparedFields {
    /// The fields of a prepared response: made at its first use over HTTP/2, then found with one load.
    static func of(_ prepared: PreparedResponse) -> HTTP2PreparedFields {
        if let fields = prepared.http2.load() { return unsafeDowncast(fields, to: HTTP2PreparedFields.self) }
        let made = HTTP2PreparedFields(status: prepared.status, headers: prepared.headers)
        // Another loop may have been faster; then its fields are used by all.
        return unsafeDowncast(prepared.http2.storeIfNil(made), to: HTTP2PreparedFields.self)
    }

    /// The fields of an answer whose body is produced.
    static func head(_ response: Response, length: Int?) -> HTTP2PreparedFields {
        var headers = response.headers
        headers.remove("content-length")
        if let length, !HTTPStatus.isBodiless(response.status) { headers.add("content-length", String(length)) }
        return HTTP2PreparedFields(status: response.status, headers: headers)
    }

    /// The fields of an answer that is sent once, and its body.
    static func whole(_ response: Response) -> (HTTP2PreparedFields, body: ByteBuffer) {
        var headers = response.headers
        headers.remove("content-length")
        guard !HTTPStatus.isBodiless(response.status) else {
            return (HTTP2PreparedFields(status: response.status, headers: headers), ByteBuffer())
        }
        headers.add("content-length", String(response.body.readableBytes))
        return (HTTP2PreparedFields(status: response.status, headers: headers), response.body)
    }
}
