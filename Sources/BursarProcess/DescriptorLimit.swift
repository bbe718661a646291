package import BursarBasics
import Glibc

/// Reads and raises the process's limit of file descriptors (RLIMIT_NOFILE). *Stateless; any thread.*
package enum DescriptorLimit {
    /// What the limit leaves for callers' connections and calls to the providers of so many accounts; nothing is changed.
    package static func budget(connections: Int, accounts: Int) -> DescriptorBudget {
        let calls = calls(accounts)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            // Not known: no bound is assumed.
            return DescriptorBudget(connections: connections, calls: 0, soft: .max, hard: .max)
        }
        return DescriptorBudget(
            connections: connections, calls: calls, soft: Int(clamping: limit.rlim_cur),
            hard: Int(clamping: limit.rlim_max))
    }

    /// Raises the soft limit to what so many event loops and the rest of a gateway need at least.
    /// - Returns: why that is not possible, ready to print.
    package static func raise(forLoops loops: Int) -> String? {
        let least = DescriptorBudget.least(loops: loops)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < least else { return nil }
        limit.rlim_cur = rlim_t(least)
        if limit.rlim_max >= least, setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 { return nil }
        return "the limit of file descriptors cannot be raised to the \(least) that are needed, "
            + "its hard limit is \(limit.rlim_max); allow more (ulimit -n, LimitNOFILE= of systemd, --ulimit nofile= of a container)"
    }

    /// Raises the soft limit to what these need, or as far as the hard one allows.
    package static func raise(connections: Int, accounts: Int) -> DescriptorBudget {
        let budget = budget(connections: connections, accounts: accounts)
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, budget.limit > Int(clamping: limit.rlim_cur) {
            let soft = Int(clamping: limit.rlim_cur)
            limit.rlim_cur = rlim_t(budget.limit)
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
                // Refused: the system may have a bound of its own below the hard limit. The old one stays.
                return DescriptorBudget(connections: connections, calls: calls(accounts), soft: soft, hard: soft)
            }
        }
        return budget
    }

    /// Calls to providers that may be under way at once: one for each credential, of which callers may bring more.
    private static func calls(_ accounts: Int) -> Int { min(accounts + 64, 1_024) }
}
