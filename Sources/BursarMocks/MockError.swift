/// What can go wrong with the mocks themselves, apart from what they play. *Value.* The description is safe to show anyone.
public enum MockError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No definition has this id.
    case unknownProvider(String, existing: [String])
    /// Definitions that cannot be read or break a rule, a line each with file, line and column.
    case definitions([String])
    /// The address cannot be listened on; with the reason of the operating system.
    case cannotListen(String)
    /// The task that waited was cancelled, or the mocks were stopped.
    case cancelled

    /// A sentence, without a final stop.
    public var description: String {
        switch self {
        case .unknownProvider(let name, let existing):
            "no provider is called \"\(name)\"; there are \(existing.joined(separator: ", "))"
        case .definitions(let lines): lines.joined(separator: "\n")
        case .cannotListen(let reason): reason
        case .cancelled: "the wait was cancelled"
        }
    }
}
