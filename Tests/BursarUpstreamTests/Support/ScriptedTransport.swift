import BursarClient
import BursarUpstream
import Synchronization

/// A provider in memory: each call waits until the test answers it, or until it is cancelled. *Mutex; any thread.*
final class ScriptedTransport: UpstreamTransport {
    /// A call that has arrived.
    final class Call: Sendable {
        let request: UpstreamRequest
        private let state = Mutex<(result: TransportResult?, continuation: CheckedContinuation<TransportResult, Never>?)>(
            (nil, nil))

        init(_ request: UpstreamRequest) { self.request = request }

        func end(_ result: TransportResult) {
            let continuation = state.withLock { state -> CheckedContinuation<TransportResult, Never>? in
                guard state.result == nil else { return nil }
                state.result = result
                return state.continuation
            }
            continuation?.resume(returning: result)
        }

        func answer(_ status: Int, _ body: String, _ fields: [(name: String, value: String)] = []) {
            let fields = [(name: "content-type", value: "application/json")] + fields
            end(.response(UpstreamResponse(status: status, fields: fields, body: Array(body.utf8))))
        }

        fileprivate func result() async -> TransportResult {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let result = state.withLock { state -> TransportResult? in
                        if state.result == nil { state.continuation = continuation }
                        return state.result
                    }
                    if let result { continuation.resume(returning: result) }
                }
            } onCancel: {
                end(.fault(.cancelled))
            }
        }
    }

    private struct State {
        var calls: [Call] = []
        var watchers: [(index: Int, continuation: CheckedContinuation<Call, Never>)] = []
        var isShutDown = false
        var retirements = 0
    }
    private let state = Mutex(State())

    var callCount: Int { state.withLock { $0.calls.count } }
    /// How often it was told that no open connection serves another request.
    var retirements: Int { state.withLock { $0.retirements } }
    var isShutDown: Bool { state.withLock { $0.isShutDown } }

    func fetch(_ request: UpstreamRequest) async -> TransportResult {
        let call = Call(request)
        let watchers = state.withLock { state -> [CheckedContinuation<Call, Never>] in
            state.calls.append(call)
            let index = state.calls.count - 1
            let reached = state.watchers.filter { $0.index == index }
            state.watchers.removeAll { $0.index == index }
            return reached.map(\.continuation)
        }
        for watcher in watchers { watcher.resume(returning: call) }
        return await call.result()
    }

    func retireConnections() { state.withLock { $0.retirements += 1 } }

    func shutdown() async { state.withLock { $0.isShutDown = true } }

    /// The call of that place, once it has arrived.
    func call(_ index: Int) async -> Call {
        await withCheckedContinuation { continuation in
            let call = state.withLock { state -> Call? in
                if index < state.calls.count { return state.calls[index] }
                state.watchers.append((index, continuation))
                return nil
            }
            if let call { continuation.resume(returning: call) }
        }
    }
}
