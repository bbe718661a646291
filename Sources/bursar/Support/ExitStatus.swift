import ArgumentParser

/// The exit codes of sysexits.h that this program uses; 64 (usage) is mostly ArgumentParser's own.
enum ExitStatus {
    /// The program did its work, and the answer is a bad one: a credential was found, an alert was not delivered, a guard says no.
    static let badAnswer = ExitCode(1)
    static let usage = ExitCode(64)
    /// Input that was read has a wrong form.
    static let data = ExitCode(65)
    static let noSuchFile = ExitCode(66)
    static let unavailable = ExitCode(69)
    /// A file cannot be written, or must not be overwritten.
    static let cannotCreate = ExitCode(73)
    /// The answer could not be written, or not all of it.
    static let answerLost = ExitCode(74)
    /// The gateway does not let this caller do that: it knows no token of it, or no such right.
    static let notPermitted = ExitCode(77)
    static let configuration = ExitCode(78)
}
