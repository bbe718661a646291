import BursarConfiguration
import BursarDelivery
import Dispatch
import Synchronization

/// Runs the programs of targets, each on a queue of its own: a program that takes its time keeps no other target waiting, but a test of its own
/// target waits for it. *Any thread.*
final class CommandTargets: Sendable {
    /// Nothing of this process's environment: what stands there may be a key.
    private static let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"]

    private let isStopped = Atomic(false)

    func runner(_ command: SecretCommand, timeout: Duration) -> @Sendable ([UInt8]) async -> CommandEnd {
        let queue = DispatchQueue(label: "bursar.alert.command")
        return { input in
            await withCheckedContinuation { continuation in
                queue.async { continuation.resume(returning: self.run(command, input, timeout)) }
            }
        }
    }

    /// Ends those that run, within a tenth of a second.
    func stop() { isStopped.store(true, ordering: .releasing) }

    private func run(_ command: SecretCommand, _ input: [UInt8], _ timeout: Duration) -> CommandEnd {
        // It waited for its turn meanwhile: what it would tell, the next process tells.
        guard !isStopped.load(ordering: .acquiring) else { return .notStarted }
        let result = CommandRunner.run(
            command, environment: Self.environment, input: input, limit: nil, timeout: timeout,
            isStopped: { isStopped.load(ordering: .acquiring) })
        switch result {
        case .success: return .succeeded
        case .failure(.cannotStart): return .notStarted
        case .failure(.timedOut): return .failed("timeout")
        case .failure(.killed): return .failed("killed")
        case .failure(.tooMuchOutput): return .failed("too_much_output")
        // At most 255 of them, and no metric has them as a label.
        case .failure(.failed(let status)): return .failed("exit_\(status)")
        }
    }
}
