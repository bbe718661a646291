import BursarBasics
import Glibc

/// What the kernel knows of this process: `/proc/self`. *Value.*
struct ProcessStatistics {
    /// In user code and in the kernel.
    let processorTime: Duration
    let residentBytes: Int
    let openDescriptors: Int
    let mostDescriptors: Int
    let threads: Int

    /// Nil parts read as 0 where /proc is not mounted.
    static func now() -> ProcessStatistics {
        let status = readSmallFile("/proc/self/status")
        func number(_ field: String) -> Int {
            guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(field + ":") }) else { return 0 }
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
        }
        return ProcessStatistics(
            processorTime: processorTimeUsed(), residentBytes: number("VmRSS") * 1_024,
            openDescriptors: countEntries("/proc/self/fd"),
            mostDescriptors: descriptorLimit(), threads: number("Threads"))
    }

    private static func processorTimeUsed() -> Duration {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// "Max open files            1024                 524288               files": the first figure holds.
    private static func descriptorLimit() -> Int {
        let line = readSmallFile("/proc/self/limits").split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { Int($0) } ?? 0
    }

    private static func countEntries(_ path: String) -> Int {
        guard let directory = opendir(path) else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            if entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { count += 1 }
        }
        return max(0, count - 1)  // without the one that reads the directory
    }

    private static func readSmallFile(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return String(decoding: (try? Descriptor.readAll(descriptor, limit: 8_192)) ?? [], as: UTF8.self)
    }
}
