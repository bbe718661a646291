/// A request head that was read once and may come again, with what then need not be done again. *Event loop.*
///
/// Clients repeat their heads field for field. Equal decoded fields make an equal request, so nothing is checked or built a
/// second time, and the answer is sent again without asking where the responder allowed it (`Replay`). Where it did not, the head is
/// not kept: it may carry a key of the caller's own. It never leaves its connection, so no other caller can get it.
final class HTTP2KnownHead {
    /// The fields as `HTTP2HeaderBlock` keeps them.
    let block: [UInt8]
    /// With a number that is not yet its own.
    let request: Request
    let isHead: Bool
    /// A repeatable response, its expiry, and its counter where no record is wanted.
    var answer: (prepared: PreparedResponse, replay: Replay, counter: RequestCounter?)?

    init(block: [UInt8], request: Request) {
        self.block = block
        self.request = request
        isHead = request.isHead
    }
}

/// The last few heads of one connection; a *value*.
struct HTTP2KnownHeads {
    /// A client has few questions. More would cost memory on every connection and comparisons on every miss.
    static let most = 4
    /// Longer heads are not kept.
    static let longestBlock = 2 * 1024

    /// The oldest first.
    private var heads: [HTTP2KnownHead] = []

    /// The head with exactly the bytes of this block.
    func find(_ block: HTTP2HeaderBlock) -> HTTP2KnownHead? { heads.first { block.isSame(as: $0.block) } }

    /// Lets go of a head whose answer is not one that may be repeated.
    mutating func forget(_ head: HTTP2KnownHead) { heads.removeAll { $0 === head } }

    /// Keeps a head whose answer may be repeated, in the place of the oldest.
    mutating func keep(_ head: HTTP2KnownHead) {
        guard head.block.count <= HTTP2KnownHeads.longestBlock, !heads.contains(where: { $0 === head }) else { return }
        if heads.count == HTTP2KnownHeads.most { heads.removeFirst() }
        heads.append(head)
    }
}
