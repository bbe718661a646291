/// Where something stands in a configuration file. *Value.* Line and column begin at 1; both are 0 where there is no text, as for
/// a command-line option or a variable.
package struct ConfigurationPlace: Sendable, Hashable, Comparable {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }

    package static func < (left: ConfigurationPlace, right: ConfigurationPlace) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

extension ConfigurationPlace: CustomStringConvertible {
    /// `bursar.yaml:4:10`, or the name alone where there is no text.
    package var description: String { line == 0 ? file : "\(file):\(line):\(column)" }
}
