internal import CNghttp2
internal import NIOCore

/// Handing answers to the library.
extension HTTP2Session {
    /// Sends an answer's head, and its body as the client's windows allow.
    /// - Parameters:
    ///   - date: 29 bytes, as `DateCache` keeps them.
    ///   - age: whole seconds, where the answer has an age.
    ///   - body: left out where the request was HEAD.
    func submit(_ fields: HTTP2PreparedFields, body: ByteBuffer, date: [UInt8], age: Int64?, on stream: HTTP2Stream) {
        guard !isBroken, let library else { return }
        stream.state = .sending
        stream.fields = fields
        if pairs.count < fields.count {
            pairs.deallocate()
            pairs = .allocate(capacity: fields.count * 2)
        }
        guard let pairs = pairs.baseAddress else { return }
        pairs.update(from: fields.pairs, count: fields.count)
        var count = fields.count
        var digits = DecimalDigits()
        if let age { digits.write(age) } else { count -= 1 }
        let hasBody = (body.readableBytes > 0 || stream.streamed != nil) && !stream.isHead
        stream.output = hasBody ? body : ByteBuffer()
        // The library copies the two values that are not marked: they change while it may still hold this answer.
        let result = date.withUnsafeBufferPointer { date in
            digits.withBytes { age in
                pairs[HTTP2PreparedFields.datePlace].value = UnsafeMutablePointer(mutating: date.baseAddress)
                pairs[HTTP2PreparedFields.datePlace].valuelen = date.count
                pairs[fields.agePlace].value = UnsafeMutablePointer(mutating: age.baseAddress)
                pairs[fields.agePlace].valuelen = age.count
                guard hasBody else { return nghttp2_submit_response(library, stream.id, pairs, count, nil) }
                var provider = HTTP2Library.dataProvider(for: stream)
                return nghttp2_submit_response(library, stream.id, pairs, count, &provider)
            }
        }
        if result != 0 { reset(stream, NGHTTP2_INTERNAL_ERROR) }
    }

    /// Ends a stream without, or in the middle of, an answer.
    func reset(_ stream: HTTP2Stream, _ reason: nghttp2_error_code) {
        guard !isBroken, let library else { return }
        nghttp2_submit_rst_stream(library, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, reason.rawValue)
    }

    /// More of an answer may be sent now.
    func resume(_ stream: HTTP2Stream) {
        guard !isBroken, let library else { return }
        nghttp2_session_resume_data(library, stream.id)
    }

    /// Tells a client that waits with its body that it may send it.
    func submitContinue(_ stream: HTTP2Stream) {
        guard !isBroken, let library else { return }
        var name = Array(":status".utf8)
        var value = Array("100".utf8)
        name.withUnsafeMutableBufferPointer { name in
            value.withUnsafeMutableBufferPointer { value in
                var pair = nghttp2_nv(
                    name: name.baseAddress, value: value.baseAddress, namelen: name.count, valuelen: value.count, flags: 0)
                _ = nghttp2_submit_headers(library, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, nil, &pair, 1, nil)
            }
        }
    }

    /// The library wants the next bytes of a body.
    /// - Returns: how many follow, or an `nghttp2_error` when the stream waits or is to be reset.
    func bytesWanted(_ most: Int, flags: UnsafeMutablePointer<UInt32>, on stream: HTTP2Stream) -> Int {
        if stream.output.readableBytes == 0, let streamed = stream.streamed {
            switch Self.nextPiece(of: streamed) {
            case .none: return Int(NGHTTP2_ERR_DEFERRED.rawValue)
            case .write(let piece): stream.output = piece
            case .finish:
                flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
                return 0
            case .fail: return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
            }
        }
        let whole = stream.output.readableBytes
        let count = min(most, whole)
        flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
        if count == whole, stream.streamed == nil { flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
        return count
    }

    /// Asks a producer until it says something.
    private static func nextPiece(of streamed: StreamedBody) -> StreamState.Action {
        while streamed.state.phase == .ready {
            let action = streamed.ask()
            if action != .none { return action }
        }
        return .none
    }

    /// The library is at the place for the bytes it was promised: the frame's head and they go into the output.
    /// - Returns: false when the output is full; it is asked again later.
    func bytesDue(_ count: Int, frameHead: UnsafePointer<UInt8>, on stream: HTTP2Stream) -> Bool {
        guard output.readableBytes < outputBound else { return false }
        output.writeBytes(UnsafeRawBufferPointer(start: frameHead, count: 9))
        let taken = min(count, stream.output.readableBytes)
        stream.output.readWithUnsafeReadableBytes { body in
            output.writeBytes(UnsafeRawBufferPointer(rebasing: body[..<taken]))
        }
        stream.sent += taken
        if let streamed = stream.streamed {
            if stream.output.readableBytes == 0 { streamed.taken(now: now) } else { streamed.moved(now: now) }
        }
        progress &+= 1
        return true
    }

    /// A frame that ends our side of a stream went out.
    func answerEnded(_ id: Int32) {
        guard let stream = stream(id), !stream.requestEnded else { return }
        stream.isAnswered = true
        if stream.discardable < 0 { reset(stream, NGHTTP2_NO_ERROR) }
    }
}

/// A number's digits without a text being made; a *value*.
private struct DecimalDigits {
    private var bytes: (UInt64, UInt64, UInt64) = (0, 0, 0)
    private var start = 24

    mutating func write(_ number: Int64) {
        var left = UInt64(max(0, number))
        withUnsafeMutableBytes(of: &bytes) { place in
            repeat {
                start -= 1  // an Int64 has at most 19 digits
                place[start] = UInt8(truncatingIfNeeded: 0x30 + left % 10)
                left /= 10
            } while left > 0
        }
    }

    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withUnsafeBytes(of: bytes) { body(UnsafeRawBufferPointer(rebasing: $0[start...]).bindMemory(to: UInt8.self)) }
    }
}
