import BursarUpstream
import Synchronization

/// Carries changes of readings to the tables that show them: those of the configuration in force. *Mutex*; any thread.
///
/// It stands between the refresher, which outlives every configuration, and the tables, which do not; and holds no reference back.
final class ChangeRelay: Sendable {
    struct Target: Sendable {
        let directory: AccountDirectory
        let rows: RowTable
        let hot: HotTable
    }

    private let target = Mutex<Target?>(nil)

    func send(to serving: Serving) {
        target.withLock { $0 = Target(directory: serving.directory, rows: serving.rows, hot: serving.hot) }
    }

    func changed(_ change: ViewChange) {
        guard let target = target.withLock({ $0 }) else { return }
        for index in target.directory.indices(of: change.key) {
            target.rows.invalidate(index)
            target.hot.invalidate(target.directory.paths(showing: index))
        }
    }
}
