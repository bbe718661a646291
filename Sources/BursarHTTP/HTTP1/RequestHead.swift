/// A request head that passed every rule, with what framing and connection handling need read out of it. *Value.*
package struct RequestHead: Sendable, Equatable {
    package var method: String
    package var target: String
    package var version: HTTPVersion
    package var headers: HeaderFields
    /// Whom the request is meant for: what an absolute target names, else `Host`. Nil where neither names anybody.
    package var authority: Authority?
    package var body: BodyFraming
    /// What the client wants of the connection: persistent in 1.1 unless it says close, in 1.0 only when it says keep-alive.
    package var keepsAlive: Bool
    package var expectsContinue: Bool

    /// How the end of a request's body is found. *Value.*
    package enum BodyFraming: Sendable, Equatable {
        case none
        case length(Int)
        case chunked
    }
}
