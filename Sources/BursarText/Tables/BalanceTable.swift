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
        let columns = Column.allCases.filter { $0 != .runway || lines.contains { $0.runway != nil } }
        let head = Row(uniqueKeysWithValues: columns.map { ($0, Cell($0.heading, .heading)) })
        return Self.layOut([head] + lines.flatMap { rows(of: $0, now: now) }, columns, color: color)
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

    /// In the order in which they are printed.
    private enum Column: CaseIterable {
        case provider, account, amount, unit, status, read, runway, notes

        var heading: String {
            switch self {
            case .provider: "PROVIDER"
            case .account: "ACCOUNT"
            case .amount: "AVAILABLE"
            case .unit: "UNIT"
            case .status: "STATUS"
            case .read: "READ"
            case .runway: "RUNWAY"
            case .notes: ""
            }
        }
    }

    /// By column, so that a row has no length that could differ from another's: a cell that it lacks is an empty one.
    private typealias Row = [Column: Cell]

    /// The row itself, then one line for each further amount.
    private func rows(of line: Line, now: WallTime) -> [Row] {
        let status: Cell
        switch line.status {
        case .fresh: status = Cell("fresh", .good)
        case .stale: status = Cell("stale", .warning)
        case .unavailable: status = Cell("unavailable", .bad)
        }
        // Of an account without a limit what leads is what it used: 0 of that is no empty account.
        let own = line.leads ? line.amounts.first.flatMap { $0.kind == AmountKind.available.rawValue ? $0 : nil } : nil
        let isEmpty = own.flatMap { ExactDecimal($0.value) }.map { $0 <= .zero } ?? false
        var notes: [String] = []
        if isEmpty || line.low { notes.append(isEmpty ? "EMPTY" : "LOW") }
        if let problem = line.problem {
            var note = problem
            if let retryAt = line.retryAt, retryAt > now {
                note += "; asked again in " + Words.left(now.duration(to: retryAt))
            }
            notes.append(note)
        }
        let first = line.leads ? line.amounts.first : nil
        let row: Row = [
            .provider: Cell(line.provider), .account: Cell(line.account), .amount: Cell(first?.value ?? "-"),
            .unit: Cell(first?.name ?? ""), .status: status,
            .read: Cell(line.fetchedAt.map { Words.age($0.duration(to: now)) } ?? "-", .faint),
            .runway: Cell(line.runway ?? "-"),
            .notes: Cell(
                notes.joined(separator: "; "), isEmpty || line.status == .unavailable ? .bad : line.low ? .warning : .plain)
        ]
        return [row] + line.amounts.dropFirst(line.leads ? 1 : 0).map { [.amount: Cell($0.value), .unit: Cell($0.name)] }
    }

    // MARK: - Layout

    private static func layOut(_ rows: [Row], _ columns: [Column], color: Bool) -> String {
        let printed = columns.map { column in
            let cells = rows.map { $0[column] ?? Cell("") }
            return padded(column == .amount ? pointsAligned(cells) : cells, column, color: color)
        }
        var text = ""
        for index in rows.indices {
            var line = printed.map { $0[index] }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }

    /// All of a column as wide as its widest, in colour where that is wanted.
    private static func padded(_ cells: [Cell], _ column: Column, color: Bool) -> [String] {
        let width = cells.map(\.text.count).max() ?? 0
        return cells.map { cell in
            let padding = String(repeating: " ", count: width - cell.text.count)
            let painted = color ? paint(cell) : cell.text
            return column == .amount ? padding + painted : painted + padding
        }
    }

    /// All points of the amount column stand below each other. The head has none.
    private static func pointsAligned(_ cells: [Cell]) -> [Cell] {
        let texts = TextTable.pointsAligned(cells.dropFirst().map(\.text))
        return cells.prefix(1)
            + zip(cells.dropFirst(), texts).map { cell, text in
                var cell = cell
                cell.text = text
                return cell
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
