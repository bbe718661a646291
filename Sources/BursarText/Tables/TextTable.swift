/// Columns for a terminal: as wide as their widest cell, two blanks apart. Pure. Numbers stand with their points below each other.
package enum TextTable {
    package struct Column: Sendable {
        let heading: String
        let isNumber: Bool

        package init(_ heading: String, isNumber: Bool = false) {
            self.heading = heading
            self.isNumber = isNumber
        }
    }

    /// - Parameter rows: a cell for each column; what a row lacks is empty.
    package static func text(_ columns: [Column], _ rows: [[String]]) -> String {
        let printed = columns.enumerated().map { index, column in
            let cells = rows.map { index < $0.count ? $0[index] : "" }
            return padded([column.heading] + (column.isNumber ? pointsAligned(cells) : cells), isNumber: column.isNumber)
        }
        return (0...rows.count).map { row in
            var line = printed.map { $0[row] }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    private static func padded(_ cells: [String], isNumber: Bool) -> [String] {
        let width = cells.map(\.count).max() ?? 0
        return cells.map { cell in
            let blanks = String(repeating: " ", count: width - cell.count)
            return isNumber ? blanks + cell : cell + blanks
        }
    }

    /// With blanks behind the digits, so that all points stand below each other.
    static func pointsAligned(_ cells: [String]) -> [String] {
        func tail(_ text: String) -> Int { text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) } ?? 0 }
        let longest = cells.map(tail).max() ?? 0
        return cells.map { $0 + String(repeating: " ", count: longest - tail($0)) }
    }
}
