import Synchronization

/// Requests whose answers take time and are not done, by method and scheme. *Atomic: any thread.* What is answered in the read that it
/// came in is never among them: nobody could see it there.
package final class ActiveRequests: Sendable {
    private final class Cell: Sendable {
        let value = Atomic<Int>(0)
    }

    private let cells = (0..<RequestMethod.allCases.count * 2).map { _ in Cell() }

    package init() {}

    private func cell(_ method: RequestMethod, isSecure: Bool) -> Cell { cells[Int(method.rawValue) * 2 + (isSecure ? 1 : 0)] }

    func began(_ method: RequestMethod, isSecure: Bool) {
        cell(method, isSecure: isSecure).value.wrappingAdd(1, ordering: .relaxed)
    }
    func ended(_ method: RequestMethod, isSecure: Bool) {
        cell(method, isSecure: isSecure).value.wrappingSubtract(1, ordering: .relaxed)
    }

    package func count(_ method: RequestMethod, isSecure: Bool) -> Int {
        cell(method, isSecure: isSecure).value.load(ordering: .relaxed)
    }
}
