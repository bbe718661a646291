import CProcess
import Glibc

/// Keeps the process's memory, which holds credentials, out of files and other processes. Done once, before anything is read.
///
/// `BURSAR_CORE_DUMPS=1` leaves everything as the system has it: for whoever must debug a crash and knows what a dump holds.
enum ProcessHardening {
    static let variable = "BURSAR_CORE_DUMPS"

    static func apply() {
        // A store that may not grow (`ulimit -f`) is told like a full disk, and is not the end of the process.
        _ = Glibc.signal(SIGXFSZ, SIG_IGN)
        if let value = getenv(variable), String(cString: value) == "1" { return }
        // No core file, no reading of /proc/PID/mem or environ and no debugger for other processes of this user.
        _ = bursar_set_dumpable(0)
        limitCoreFiles()
        // The Swift runtime's backtracer, where SWIFT_BACKTRACE switches it on, prints registers and what they point to.
        for signal in crashSignals { _ = Glibc.signal(signal, SIG_DFL) }
    }

    /// To one byte and not to none: where the system pipes dumps to a program, the kernel ignores a limit of 0 and refuses a dump
    /// at 1, and one byte is no file either. A hard limit that is lower already stays.
    private static func limitCoreFiles() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 else { return }
        limit.rlim_max = min(limit.rlim_max, 1)
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }

    private static let crashSignals = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGQUIT]
}
