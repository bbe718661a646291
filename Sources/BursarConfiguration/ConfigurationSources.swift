package import BursarBasics
package import BursarModel

/// Everything that configuration is read from, handed in, so that a test needs no real environment and a reload reads the same
/// way as a start. *Value.*
package struct ConfigurationSources: Sendable {
    /// Environment variables by name.
    package var environment: [String: String]
    /// What `~/` at the beginning of a path stands for; nil where that is not known.
    package var home: String?
    /// What a relative name of the configuration's file starts from, so that messages can name whole paths; nil where nobody asks.
    package var workingFolder: String?
    /// Reads a whole file, if it is no longer than `limit` bytes.
    package var readFile: @Sendable (_ path: String, _ limit: Int) -> Result<FileContent, FileProblem>
    /// The names, not the paths, in a folder; any order. `.notAFolder` for a file.
    package var listFolder: @Sendable (_ path: String) -> Result<[String], FileProblem>

    /// Reads certificate and key as a listener would; nil where it could use them and clients will take them.
    package var checkTLS: @Sendable (TLSSettings) -> TLSFileProblem? = { _ in nil }
    /// Runs a command for its output, if that is no longer than a number of bytes.
    package var runCommand: @Sendable (SecretCommand, _ limit: Int) -> Result<[UInt8], CommandProblem> = { _, _ in
        .failure(.cannotStart(0))
    }
    /// Looks whether a store's file could be used, making nothing; nil where it could.
    package var checkStore: @Sendable (_ path: String) -> StoreProblem? = { _ in nil }
    /// Whether these bytes hold one or more certificates in PEM form.
    package var hasCertificates: @Sendable (_ pem: [UInt8]) -> Bool = { _ in true }
    /// Looks whether a Unix socket could be made; nil where it could, else words that follow its name.
    package var checkSocket: @Sendable (_ path: String) -> String? = { _ in nil }
    /// How long a file or a folder may keep a reading waiting; nil: for ever, on the reader's own thread.
    package var patience: Duration?
    /// For what is said of ends that have come.
    package var now: @Sendable () -> WallTime = { .now() }
    /// Listening sockets that the process was started with.
    package var inherited: [InheritedListener] = []

    package init(
        environment: [String: String] = [:], home: String? = nil,
        readFile: @escaping @Sendable (_ path: String, _ limit: Int) -> Result<FileContent, FileProblem>,
        listFolder: @escaping @Sendable (_ path: String) -> Result<[String], FileProblem> = { _ in .failure(.notFound) }
    ) {
        self.environment = environment
        self.home = home
        self.readFile = readFile
        self.listFolder = listFolder
    }
}

/// A file as read. *Value.* It may hold a credential: it has no description that shows bytes.
package struct FileContent: Sendable, CustomStringConvertible {
    package let bytes: [UInt8]
    /// The permission bits of an ordinary file (`0o640`); nil where they say nothing, as for a pipe.
    package let permissions: UInt16?
    /// Whether every user of this machine can put another file in its place: a folder above it is open to all.
    package let isReplaceableByAnyone: Bool

    package init(bytes: [UInt8], permissions: UInt16? = nil, isReplaceableByAnyone: Bool = false) {
        self.bytes = bytes
        self.permissions = permissions
        self.isReplaceableByAnyone = isReplaceableByAnyone
    }

    package var isReadableByAnyone: Bool { permissions.map { $0 & 0o004 != 0 } ?? false }
    package var isWritableByAnyone: Bool { permissions.map { $0 & 0o002 != 0 } ?? false }
    package var description: String { "FileContent(\(bytes.count) bytes)" }
}

/// Why a file could not be read. *Value.*
package enum FileProblem: Error, Sendable, Equatable {
    case notFound
    case notPermitted
    /// A folder where a file was meant.
    case isAFolder
    /// A file where a folder was meant.
    case notAFolder
    case tooLarge(limit: Int)
    /// The system's error number: anything else.
    case other(Int32)

    /// Ends a sentence that begins with the file's name.
    package var words: String {
        switch self {
        case .notFound: "does not exist"
        case .notPermitted: "may not be read by this user"
        case .isAFolder: "is a folder"
        case .notAFolder: "is not a folder"
        case .tooLarge(let limit): "is longer than \(limit) bytes"
        case .other(let number): "cannot be read: \(SystemError(number: number).words)"
        }
    }
}
