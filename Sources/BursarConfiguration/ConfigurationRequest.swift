package import BursarCatalog

/// The command line's part of a configuration. *Value.*
package struct ConfigurationRequest: Sendable {
    /// `--config`.
    package var path: String?
    /// `--listen`, each one; where there are any, they stand in place of the file's `listen`.
    package var listen: [String]
    /// As `allow_anonymous: true` in a file.
    package var allowAnonymous: Bool

    package init(path: String? = nil, listen: [String] = [], allowAnonymous: Bool = false) {
        self.path = path
        self.listen = listen
        self.allowAnonymous = allowAnonymous
    }
}

/// A configuration, or why there is none, and what else is to be said. *Value.* Safe to print: no credential is in it.
package struct ConfigurationResult: Sendable {
    /// Nil exactly when ``diagnostics`` has an error.
    package let configuration: Configuration?
    package let origin: ConfigurationOrigin
    /// The definitions, as far as they could be read: also where there is no configuration.
    package let catalog: Catalog
    /// Errors and warnings, sorted by place.
    package let diagnostics: [Diagnostic]
    /// What the audit found, sorted by place.
    package let findings: [AuditFinding]
    /// With those that ``diagnostics`` only counts.
    package var errorCount = 0
    /// By sysexits: 0, 66 (no such file) or 78 (configuration).
    package let exitCode: Int32
}
