/// Waits for what another task or thread brings about: the one place where tests look again and again. The suites' time limit ends a wait
/// that never ends.
/// - Parameters:
///   - pause: between two looks. Longer where `meanwhile` moves a clock, so that what runs on real time is not overtaken by it.
///   - meanwhile: moves the clock that it may need.
package func eventually(
    _ condition: () async throws -> Bool, pause: Duration = .milliseconds(2), meanwhile: () -> Void = {}
) async throws {
    while !(try await condition()) {
        meanwhile()
        try await Task.sleep(for: pause)
    }
}

/// Gives other tasks real time for many turns. That nothing comes cannot be waited for: the one place where tests let time pass for it.
/// - Parameter meanwhile: moves the clock, or asks.
package func letTurnsPass(_ count: Int, meanwhile: () async throws -> Void = {}) async throws {
    for _ in 0..<count {
        try await meanwhile()
        try await Task.sleep(for: .milliseconds(5))
    }
}
