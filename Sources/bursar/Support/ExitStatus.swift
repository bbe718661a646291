import ArgumentParser

/// The exit codes of sysexits.h that this program uses; 64 (usage) is mostly ArgumentParser's own.
enum ExitStatus {
    /// As grep has it the other way round: something was found that should not be there. No error of the program.
    static let found = ExitCode(1)
    static let usage = ExitCode(64)
    /// What was to be read is not what it should be.
    static let data = ExitCode(65)
    static let noSuchFile = ExitCode(66)
    static let unavailable = ExitCode(69)
    /// A file that cannot be written, or must not be written over.
    static let cannotCreate = ExitCode(73)
    static let configuration = ExitCode(78)
}
