import BursarEngine
import BursarModel
import Testing

@testable import BursarGateway

@Suite struct RowTableTests {
    private let now = Moment(monotonic: MonotonicTime(nanoseconds: 1), wall: WallTime(milliseconds: 1))

    @Test func `a row is rendered once, until its reading changes`() throws {
        let row = try row
        let table = RowTable(count: 2)
        for _ in 0..<3 { _ = table.row(0, now: now) { _ in row } }
        #expect(table.renderedCount == 1)
        table.invalidate(0)
        _ = table.row(0, now: now) { _ in row }
        #expect(table.renderedCount == 2)
    }

    @Test func `a row whose reading changed while it was rendered is not kept`() throws {
        let row = try row
        let table = RowTable(count: 1)
        _ = table.row(0, now: now) { _ in
            table.invalidate(0)
            return row
        }
        _ = table.row(0, now: now) { _ in row }
        #expect(table.renderedCount == 2)
    }

    @Test func `a closed table keeps nothing, because nobody tells it of changes any more`() throws {
        let row = try row
        let table = RowTable(count: 1)
        _ = table.row(0, now: now) { _ in row }
        table.close()
        for _ in 0..<2 { _ = table.row(0, now: now) { _ in row } }
        #expect(table.renderedCount == 3)
    }

    private var row: BalanceRow {
        get throws {
            BalanceRow(
                id: AccountID(provider: try #require(ProviderID("sunor")), account: .default), title: "Sunor", lowLimit: nil,
                view: .empty)
        }
    }
}
