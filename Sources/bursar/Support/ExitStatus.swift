import ArgumentParser

/// The exit codes of sysexits.h that this program uses; 64 (usage) is ArgumentParser's own.
enum ExitStatus {
    static let noSuchFile = ExitCode(66)
    static let unavailable = ExitCode(69)
    static let configuration = ExitCode(78)
}
