import BursarUpstream
import Synchronization

/// Carries changes of readings to the tables that show them: those of the configuration in force. *Mutex*; any thread.
///
/// It stands between the refresher, which outlives every configuration, and the tables, which do not; and holds no reference back.
final class ChangeRelay: Sendable {
    struct Target: Sendable {
        let directory: AccountDirectory
        let rows: RowTable
        let scopes: [(directory: AccountDirectory, hot: HotTable)]
        let streams: StreamHub
    }

    private let target = Mutex<Target?>(nil)
    private let alerts = Mutex(Listener())

    /// Weak: the desk asks the refresher, whose changes come through here.
    private struct Listener: Sendable {
        weak var desk: AlertDesk?
    }

    /// Whom ``judge(_:)`` goes to from here on.
    func judges(with desk: AlertDesk) { alerts.withLock { $0.desk = desk } }

    /// Hands it to whoever judges it, behind all that shows it.
    func judge(_ change: ViewChange) { alerts.withLock { $0.desk }?.changed(change) }

    /// What ``show(_:)`` goes to from here on.
    func shows(with active: ActiveConfiguration, _ streams: StreamHub) {
        target.withLock {
            $0 = Target(
                directory: active.directory, rows: active.rows, scopes: active.scopes.map { ($0.directory, $0.hot) },
                streams: streams)
        }
    }

    /// Drops what shows the credential as it was, and tells the streams.
    func show(_ change: ViewChange) {
        guard let target = target.withLock({ $0 }) else { return }
        for index in target.directory.indices(of: change.key) { target.rows.invalidate(index) }
        for scope in target.scopes {
            for index in scope.directory.indices(of: change.key) { scope.hot.invalidate(scope.directory.paths(showing: index)) }
        }
        // Last: it renders what the tables have.
        target.streams.changed(change.key)
    }
}
