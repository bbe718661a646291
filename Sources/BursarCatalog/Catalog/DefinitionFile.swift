/// A definition file as read by whoever may read files. *Value.*
package struct DefinitionFile: Sendable, Hashable {
    /// As messages are to name it.
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// By its name: everything else is YAML, of which JSON is nearly a part.
    var isJSON: Bool { path.lowercased().hasSuffix(".json") }
}

/// What is wrong with definition files, all of it, sorted by place. *Value.* At least one is an error.
package struct CatalogDiagnostics: Error, Sendable {
    package let diagnostics: [Diagnostic]
}
