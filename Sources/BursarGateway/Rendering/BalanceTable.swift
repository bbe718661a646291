package import BursarModel

/// The table that `bursar balances` and `Accept: text/plain` print. *Value.* Pure: the clock is an argument.
package struct BalanceTable: Sendable {
    /// One line of it, whether it came from our own readings or from a gateway's JSON.
    package struct Line: Sendable, Equatable {
        package var provider: String
        package var account: String
        package var status: RowStatus
        /// All of them, the first one being the row's own where ``leads``.
        package var amounts: [Figure]
        /// False where the row's own amount is not known and others are: none of them may stand in its place.
        package var leads = true
        package var low: Bool
        package var fetchedAt: WallTime?
        /// The problem in words.
        package var problem: String?
        package var retryAt: WallTime?
        /// How long it lasts, in words; nil where that was not asked.
        package var runway: String?

        package init(
            provider: String, account: String, status: RowStatus, amounts: [Figure], leads: Bool = true, low: Bool,
            fetchedAt: WallTime?, problem: String?, retryAt: WallTime?, runway: String? = nil
        ) {
            self.provider = provider
            self.account = account
            self.status = status
            self.amounts = amounts
            self.leads = leads
            self.low = low
            self.fetchedAt = fetchedAt
            self.problem = problem
            self.retryAt = retryAt
            self.runway = runway
        }
    }

    /// One amount as it is printed. *Value.*
    package struct Figure: Sendable, Equatable {
        let kind: String
        let value: String
        let unit: String
        let part: String?

        package init(_ kind: String, _ value: String, _ unit: String, part: String? = nil) {
            self.kind = kind
            self.value = value
            self.unit = unit
            self.part = part
        }

        /// `credits`, `credits plan`, `credits plan used`: the kind is said where it is not the usual one.
        var name: String {
            [unit, part, kind == AmountKind.available.rawValue ? nil : kind].compactMap(\.self).joined(separator: " ")
        }
    }

    private let lines: [Line]

    package init(_ lines: [Line]) { self.lines = lines }

    /// - Parameter color: ANSI colours, for terminals only; without them every line says the same in words.
    package func text(now: WallTime, color: Bool = false) -> String {
        guard !lines.isEmpty else { return "No accounts are configured.\n" }
        let headings = ["PROVIDER", "ACCOUNT", "AVAILABLE", "UNIT", "STATUS", "READ", ""]
        var rows: [[Cell]] = [headings.map { Cell($0, .heading) }]
        for line in lines { rows += cells(of: line, now: now) }
        if lines.contains(where: { $0.runway != nil }) { addRunways(to: &rows) }
        return Self.layOut(rows, color: color)
    }

    // MARK: - Cells

    private enum Style { case plain, heading, good, warning, bad, faint }

    private struct Cell {
        var text: String
        var style: Style
        init(_ text: String, _ style: Style = .plain) {
            self.text = text
            self.style = style
        }
    }

    private static let amountColumn = 2
    private static let noteColumn = 6

    /// The row itself, then one line for each further amount.
    private func cells(of line: Line, now: WallTime) -> [[Cell]] {
        let status: Cell
        switch line.status {
        case .fresh: status = Cell("fresh", .good)
        case .stale: status = Cell("stale", .warning)
        case .unavailable: status = Cell("unavailable", .bad)
        }
        var notes: [String] = []
        if line.low { notes.append("LOW") }
        if let problem = line.problem {
            var note = problem
            if let retryAt = line.retryAt, retryAt > now {
                note += "; asked again in " + Words.short(now.duration(to: retryAt) + .milliseconds(999))
            }
            notes.append(note)
        }
        let first = line.leads ? line.amounts.first : nil
        var rows = [
            [
                Cell(line.provider), Cell(line.account), Cell(first?.value ?? "-"),
                Cell(first?.name ?? ""),
                status, Cell(line.fetchedAt.map { Words.age($0.duration(to: now)) } ?? "-", .faint),
                Cell(notes.joined(separator: "; "), line.low ? .warning : line.status == .unavailable ? .bad : .plain)
            ]
        ]
        for amount in line.amounts.dropFirst(line.leads ? 1 : 0) {
            rows.append([Cell(""), Cell(""), Cell(amount.value), Cell(amount.name), Cell(""), Cell(""), Cell("")])
        }
        return rows
    }

    /// A column before the notes. Further amounts' lines have none.
    private func addRunways(to rows: inout [[Cell]]) {
        let place = Self.noteColumn
        rows[0].insert(Cell("RUNWAY", .heading), at: place)
        var index = 1
        for line in lines {
            rows[index].insert(Cell(line.runway ?? "-"), at: place)
            for further in 1..<max(1, line.amounts.count) { rows[index + further].insert(Cell(""), at: place) }
            index += max(1, line.amounts.count)
        }
    }

    // MARK: - Layout

    private static func layOut(_ rows: [[Cell]], color: Bool) -> String {
        var rows = rows
        alignPoints(&rows)
        let widths = rows[0].indices.map { column in rows.map { $0[column].text.count }.max() ?? 0 }
        var text = ""
        for row in rows {
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.text.count)
                let painted = color ? paint(cell) : cell.text
                line += column == amountColumn ? padding + painted : painted + padding
                line += "  "
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }

    /// Pads behind the digits so that all points of the amount column stand below each other.
    private static func alignPoints(_ rows: inout [[Cell]]) {
        func tail(_ text: String) -> Int { text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) } ?? 0 }
        let longest = rows.dropFirst().map { tail($0[amountColumn].text) }.max() ?? 0
        for index in rows.indices.dropFirst() {
            let missing = longest - tail(rows[index][amountColumn].text)
            rows[index][amountColumn].text += String(repeating: " ", count: missing)
        }
    }

    private static func paint(_ cell: Cell) -> String {
        let code: String
        switch cell.style {
        case .plain: return cell.text
        case .heading: code = "1"
        case .good: code = "32"
        case .warning: code = "33"
        case .bad: code = "31"
        case .faint: code = "2"
        }
        return cell.text.isEmpty ? "" : "\u{1B}[\(code)m\(cell.text)\u{1B}[0m"
    }
}
