/// The amounts of one account as fetched at one moment, with the body they were read from. *Value.*
package struct Reading: Sendable, Equatable {
    /// In the definition's order.
    package let amounts: [Amount]
    /// What the provider itself says of low balance; nil where it says nothing.
    package let providerSaysLow: Bool?
    /// The provider's own time of the figures; nil where it tells none.
    package let asOf: WallTime?
    /// What provider routes re-emit, byte for byte.
    package let reply: UpstreamReply
    /// What of the body is not as documented and was not needed, in our own words: `data.plan is null where object is documented`.
    package let drift: [String]

    package init(
        amounts: [Amount], providerSaysLow: Bool?, asOf: WallTime?, reply: UpstreamReply, drift: [String] = []
    ) {
        self.drift = drift
        self.amounts = amounts
        self.providerSaysLow = providerSaysLow
        self.asOf = asOf
        self.reply = reply
    }

    /// The row's own amount: the `available` of the definition's first element, or of the one that it chooses. Nil where that is unknown or
    /// unlimited: neither another kind nor another unit ever stands in for it.
    package var available: Amount? { amounts.first { $0.kind == .available && !$0.isAside } }
}

/// An upstream's status, media type and body after any content coding was undone. *Value.* The body is untrusted text.
package struct UpstreamReply: Sendable, Equatable {
    package let status: Int
    /// What an answer with this body calls it: a type of JSON and never another, whoever made the reply or kept it.
    package let contentType: String
    package let body: [UInt8]

    /// - Parameter contentType: a Content-Type field; what is none of JSON becomes `application/json`.
    package init(status: Int, contentType: String?, body: [UInt8]) {
        self.status = status
        self.contentType = JSONMediaType.accepted(contentType) ?? JSONMediaType.plain
        self.body = body
    }
}

/// How a row stands. *Value.*
package enum RowStatus: String, Sendable, CaseIterable {
    /// A reading inside its ttl.
    case fresh
    /// A reading past its ttl that may still be shown.
    case stale
    /// Nothing that may be shown.
    case unavailable
}
