import BursarHTTP
import Synchronization

/// JSON that does not change while a configuration is in force. It is made once, by whoever asks first, and away from the event loop:
/// reading the YAML of all definitions costs more than the rest of the start. *Mutex; any thread.*
final class MadeDocument: Sendable {
    /// By whether it is laid out for people.
    private let made = Mutex<[Bool: PreparedResponse]>([:])
    private let make: @Sendable () -> [UInt8]
    private let vary: String

    /// - Parameter vary: see ``Scope/vary``.
    init(vary: String, _ make: @escaping @Sendable () -> [UInt8]) {
        self.vary = vary
        self.make = make
    }

    func reply(to call: RouteCall) -> Reply {
        let (request, isPretty) = (call.request, call.isPretty)
        if let ready = made.withLock({ $0[isPretty] }) { return .now(Representations.choose(ready, for: request, replay: nil)) }
        return .later {
            let ready = self.prepared(isPretty)
            self.made.withLock { $0[isPretty] = ready }
            return Representations.choose(ready, for: request, replay: nil)
        }
    }

    private func prepared(_ isPretty: Bool) -> PreparedResponse {
        Representations.prepare(
            isPretty ? Answers.pretty(make()) : make(),
            headers: [
                "content-type": "application/json", "cache-control": "no-cache", "vary": "accept-encoding" + vary
            ],
            age: nil, forms: .all)
    }
}
