import BursarGateway
import BursarProcess
import Foundation

/// What a service manager such as systemd is told.
enum ServiceManagement {
    static var manager: ServiceManager? { ServiceManager(ProcessInfo.processInfo.environment) }

    /// What tells the service manager, if there is one.
    static func teller() -> @Sendable (LifecycleEvent) -> Void {
        guard let manager else { return { _ in } }
        return { event in
            switch event {
            case .ready: manager.tell(.ready(status: "serving"))
            case .reloading: manager.tell(.reloading(monotonicMicroseconds: ServiceManager.monotonicMicroseconds))
            case .stopping: manager.tell(.stopping)
            }
        }
    }

    /// The watchdog's signs of life, until the task is cancelled; nothing where nobody asked for any.
    static func tellLiveness(of gateway: Gateway) async {
        let process = ProcessInfo.processInfo
        guard let manager, let interval = WatchdogInterval.read(process.environment, processID: process.processIdentifier) else {
            return
        }
        while !Task.isCancelled {
            // Only when every event loop has taken a turn: a process that hangs there is what the watchdog is for.
            await gateway.checkLiveness()
            manager.tell(.watchdog)
            // Cancelled: the loop ends.
            try? await Task.sleep(for: interval)
        }
    }
}
