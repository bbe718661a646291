/// Waits for what another task or thread brings about: the one place where tests look again and again. The suites' time limit ends a wait
/// that never ends.
/// - Parameter meanwhile: moves the clock that it may need.
package func eventually(_ condition: () async throws -> Bool, meanwhile: () -> Void = {}) async throws {
    while !(try await condition()) {
        meanwhile()
        try await Task.sleep(for: .milliseconds(2))
    }
}
