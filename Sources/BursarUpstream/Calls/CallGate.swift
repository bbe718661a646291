import BursarBasics
import BursarEngine
import BursarModel

/// Bounds how many calls to one provider are under way at once; further ones wait their turn. *Value*, inside the refresher's Mutex.
///
/// Ten thousand accounts that are asked for in one list would otherwise be ten thousand requests at once: no provider's idea of a
/// polite client, and tens of kilobytes each. Configured accounts go before callers' own credentials, so that a flood of those
/// delays nobody's configured balance.
struct CallGate: Sendable {
    /// A call that the machine has begun.
    struct Call: Sendable {
        let start: CallStart
        let account: UpstreamAccount
        /// Of the request that made it necessary.
        var trace: TraceContext?
    }

    /// What waits for one provider, and how many of its calls are under way.
    private struct Lane: Sendable {
        var running = 0
        var configured = Queue()
        var passThrough = Queue()
    }

    /// First in, first out; what is gone is dropped in bulk, so that taking one costs one step.
    private struct Queue: Sendable {
        private var calls: [Call] = []
        private var first = 0

        mutating func append(_ call: Call) { calls.append(call) }

        mutating func take() -> Call? {
            guard first < calls.count else { return nil }
            defer {
                first += 1
                if first == calls.count {
                    (calls, first) = ([], 0)
                } else if first >= 1_024, first * 2 >= calls.count {
                    calls.removeFirst(first)
                    first = 0
                }
            }
            return calls[first]
        }
    }

    /// 64 calls of 50 ms each are 1,280 accounts a second. The transport has as many connections for a provider that speaks HTTP/1.1.
    static let callsPerProvider = 64

    private let limit: Int
    /// By base URL.
    private var lanes: [String: Lane] = [:]

    init(limit: Int = Self.callsPerProvider) { self.limit = max(1, limit) }

    /// Whether the call may go out now; otherwise it is kept until ``ended(_:)`` gives it back.
    mutating func admits(_ call: Call) -> Bool {
        let origin = call.account.baseURL
        guard lanes[origin, default: Lane()].running >= limit else {
            lanes[origin, default: Lane()].running += 1
            return true
        }
        if call.account.id == nil {
            lanes[origin]?.passThrough.append(call)
        } else {
            lanes[origin]?.configured.append(call)
        }
        return false
    }

    /// A call that went out has ended.
    /// - Returns: the one that goes out in its place.
    mutating func ended(_ account: UpstreamAccount) -> Call? {
        let origin = account.baseURL
        if let next = lanes[origin]?.configured.take() ?? lanes[origin]?.passThrough.take() { return next }
        lanes[origin]?.running -= 1
        if lanes[origin]?.running == 0 { lanes[origin] = nil }
        return nil
    }
}
