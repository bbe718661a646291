package import BursarBasics
package import BursarConfiguration

import Glibc

/// Reads and raises the process's limit of file descriptors (RLIMIT_NOFILE). *Stateless; any thread.*
package enum DescriptorLimit {
    /// What the limit leaves for a configuration; nothing is changed.
    package static func budget(for configuration: Configuration) -> DescriptorBudget {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return DescriptorBudget(connections: configuration.limits.connections, calls: 0, soft: .max, hard: .max)
        }
        return DescriptorBudget(
            connections: configuration.limits.connections, calls: calls(of: configuration), soft: Int(clamping: limit.rlim_cur),
            hard: Int(clamping: limit.rlim_max))
    }

    /// Raises the soft limit to what the configuration needs, or as far as the hard one allows.
    static func raise(for configuration: Configuration) -> DescriptorBudget {
        let budget = budget(for: configuration)
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, budget.limit > Int(clamping: limit.rlim_cur) {
            let soft = Int(clamping: limit.rlim_cur)
            limit.rlim_cur = rlim_t(budget.limit)
            // What holds afterwards counts: the system may have a bound of its own below the hard limit.
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
                return DescriptorBudget(connections: budget.wanted, calls: calls(of: configuration), soft: soft, hard: soft)
            }
        }
        return budget
    }

    /// Calls to providers that may be under way at once: one for each credential, of which callers may bring more.
    private static func calls(of configuration: Configuration) -> Int { min(configuration.accounts.count + 64, 1_024) }
}
