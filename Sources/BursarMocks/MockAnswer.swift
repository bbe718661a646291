internal import BursarHTTP

/// What a mock sends back, before there is a socket. *Value.*
struct MockAnswer: Sendable, Equatable {
    /// How the answer ends.
    enum Ending: Sendable, Equatable {
        case complete
        /// Nothing is ever sent.
        case hang
        /// The connection is reset instead.
        case reset
        /// The head tells the whole length, this many bytes of the body follow, and the connection closes.
        case truncated(after: Int)
        /// The same, but the connection stays open and silent.
        case stalled(after: Int)
        /// Whole, in pieces of this many bytes.
        case dripped(bytes: Int, every: Duration)
    }

    /// A header field; several of one name are sent as several.
    struct Field: Sendable, Equatable {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    var status: Int
    var headers: [Field] = []
    var contentType: String?
    var body: [UInt8]
    /// Waited before anything is sent.
    var delay: Duration = .zero
    var ending: Ending = .complete
}

extension MockAnswer {
    static func text(_ text: String, status: Int) -> MockAnswer {
        MockAnswer(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    static func json(_ text: String, status: Int = 200) -> MockAnswer {
        MockAnswer(status: status, contentType: "application/json", body: Array((text + "\n").utf8))
    }

    /// RFC 9457, for what is wrong with a request to the mocks themselves.
    /// - Parameter extra: further members, values as JSON.
    static func problem(
        _ status: Int, _ code: String, title: String, detail: String, extra: [(name: String, value: String)] = []
    ) -> MockAnswer {
        let members = [
            ("type", JSONText.string("urn:bursar:problem:\(code)")), ("title", JSONText.string(title)), ("status", "\(status)"),
            ("detail", JSONText.string(detail))
        ]
        var answer = json(JSONText.object(members + extra), status: status)
        answer.contentType = "application/problem+json"
        return answer
    }

    /// The standard words for a status, where a definition documents no body for it.
    static func phrase(_ status: Int) -> String {
        HTTPStatus.knownReason(status) ?? (status < 500 ? "Request Failed" : "Server Error")
    }
}
