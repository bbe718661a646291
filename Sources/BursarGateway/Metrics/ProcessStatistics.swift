import BursarBasics
import Glibc

/// What the kernel knows of this process: `/proc/self`. *Value.*
struct ProcessStatistics {
    let residentBytes: Int
    let openDescriptors: Int
    let threads: Int

    /// Nil parts read as 0 where /proc is not mounted.
    static func now() -> ProcessStatistics {
        let status = readSmallFile("/proc/self/status")
        func number(_ field: String) -> Int {
            guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(field + ":") }) else { return 0 }
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
        }
        return ProcessStatistics(
            residentBytes: number("VmRSS") * 1_024, openDescriptors: countEntries("/proc/self/fd"), threads: number("Threads"))
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
