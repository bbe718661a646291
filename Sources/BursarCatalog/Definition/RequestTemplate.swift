import BursarBasics
package import BursarModel

/// A text with places for values of the account or of the call: `team={team}&since={now_ms-30d}`. *Value.*
package struct RequestTemplate: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        case text(String)
        /// A parameter of the account.
        case parameter(String, isOptional: Bool)
        case call(CallValue)
    }

    /// A value that each call makes anew: a closed set, of what providers need. *Value.*
    enum CallValue: Sendable, Hashable {
        case uuid
        /// Since 1970, moved by a number of hours, which may be negative.
        case milliseconds(Int64)
    }

    let pieces: [Piece]

    /// Names of call values, which no parameter may have.
    static let reserved = ["uuid", "now_ms"]

    /// The names of parameters in it.
    var parameters: [(name: String, isOptional: Bool)] {
        pieces.compactMap { piece in
            if case .parameter(let name, let isOptional) = piece { return (name, isOptional) }
            return nil
        }
    }

    /// Of a template for the query, the name in front of `=`; nil where it begins with a value.
    var name: String? {
        guard case .text(let text)? = pieces.first else { return nil }
        return String(text.prefix { $0 != "=" })
    }

    var isMadePerCall: Bool { pieces.contains { if case .call = $0 { true } else { false } } }

    var isConstant: Bool { pieces.allSatisfy { if case .text = $0 { true } else { false } } }

    init(parsing text: String) throws(ValuePath.Refusal) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else { throw .init(reason: "a { needs its }") }
            pieces.append(try Self.piece(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.contains("}") else { throw .init(reason: "a } has no {") }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    private static func piece(_ text: Substring) throws(ValuePath.Refusal) -> Piece {
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        let rest = text[name.endIndex...]
        if name == "uuid", rest.isEmpty { return .call(.uuid) }
        if name == "now_ms" { return .call(.milliseconds(try offset(rest))) }
        let isOptional = text.hasSuffix("?")
        let parameter = isOptional ? text.dropLast() : text
        guard isParameterName(parameter), !reserved.contains(String(parameter)) else {
            throw .init(
                reason:
                    "between braces stands a parameter of the account, {team}, or one of {uuid}, {now_ms}, {now_ms-30d}"
            )
        }
        return .parameter(String(parameter), isOptional: isOptional)
    }

    static func isParameterName(_ name: some StringProtocol) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x5F || $0 == 0x2D }
    }

    /// `-30d` or `+12h`, in hours.
    private static func offset(_ text: Substring) throws(ValuePath.Refusal) -> Int64 {
        if text.isEmpty { return 0 }
        guard let sign = text.first, sign == "-" || sign == "+", let unit = text.last, unit == "d" || unit == "h",
            text.utf8.count <= 6, let count = parseASCIIDigits(text.dropFirst().dropLast()), count > 0
        else { throw .init(reason: "an offset is days or hours, such as {now_ms-30d} or {now_ms+12h}") }
        return Int64(count) * (unit == "d" ? 24 : 1) * (sign == "-" ? -1 : 1)
    }

    /// The text with its values. Where one is missing there is no text at all, also where an optional one is.
    /// - Parameter isEncoded: whether values are percent-encoded, because the text becomes part of a URL.
    func filled(_ values: CallValues, isEncoded: Bool) -> Filled {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .call(let value): result += values.text(of: value)
            case .parameter(let name, let isOptional):
                guard let value = values.parameters[name], !value.isEmpty else { return isOptional ? .leftOut : .lacking }
                result += isEncoded ? value.percentEncodedSegment : value
            }
        }
        return .text(result)
    }

    /// *Value.*
    enum Filled: Equatable {
        case text(String)
        /// An optional parameter has no value: the request goes without this text.
        case leftOut
        /// A required parameter has no value: the request cannot be made.
        case lacking
    }
}

/// The values that one call puts into its templates. *Value.*
package struct CallValues: Sendable {
    package var parameters: [String: String]
    package var now: WallTime
    /// Random, made for this call.
    package var uuid: String

    package init(parameters: [String: String], now: WallTime, uuid: String) {
        self.parameters = parameters
        self.now = now
        self.uuid = uuid
    }

    func text(of value: RequestTemplate.CallValue) -> String {
        switch value {
        case .uuid: uuid
        case .milliseconds(let hours): "\(now.advanced(by: .seconds(hours * 3_600)).milliseconds)"
        }
    }
}

extension String {
    /// With everything encoded but RFC 3986's unreserved characters, so that any value stays one segment of a path.
    var percentEncodedSegment: String {
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
