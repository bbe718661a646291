import NIOCore
import Synchronization

@testable import BursarHTTP

/// Answers every request with the number of the call, in a form that may be written again. *Atomic.*
final class CountingResponder: Sendable {
    let calls = Atomic<Int>(0)
    let validity = Validity()
    private let until: NIODeadline

    init(until: NIODeadline = .distantFuture) { self.until = until }

    func respond(_ request: Request) -> Reply {
        let number = calls.wrappingAdd(1, ordering: .relaxed).newValue
        let prepared = PreparedResponse(headers: [:], body: ByteBuffer(string: "\(number)"))
        return .now(Response(prepared: prepared, replay: Replay(validity: validity, until: until)))
    }
}
