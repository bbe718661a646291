import BursarBasics
import BursarModel
import BursarText
import Foundation
import Testing

@Suite struct BalanceTableTests {
    private let now = WallTime(rfc3339: "2026-11-20T22:56:00Z") ?? WallTime(seconds: 0)

    @Test func `points align, ages and problems are in words`() {
        let table = BalanceTable([
            .init(
                provider: "legnext", account: "default", status: .fresh,
                amounts: [
                    .init("available", "72.048", "USD"), .init("available", "71000", "credits"),
                    .init("reserved", "10", "credits")
                ],
                low: true,
                fetchedAt: WallTime(rfc3339: "2026-11-20T22:55:51Z"), problem: nil, retryAt: nil),
            .init(
                provider: "sunor", account: "main", status: .unavailable, amounts: [], low: false, fetchedAt: nil,
                problem: "Sunor asked to wait", retryAt: WallTime(rfc3339: "2026-11-20T22:57:10Z"))
        ])
        #expect(
            table.text(now: now) == """
                PROVIDER  ACCOUNT  AVAILABLE  UNIT              STATUS       READ
                legnext   default     72.048  USD               fresh        9 s ago  LOW
                                   71000      credits
                                      10      credits reserved
                sunor     main         -                        unavailable  -        Sunor asked to wait; asked again in 1 min

                """)
    }

    @Test func `what is empty says so, and a part that is empty says it of no row`() {
        func line(_ value: String, _ kind: String = "available", leads: Bool = true) -> BalanceTable.Line {
            .init(
                provider: "p", account: "a", status: .fresh, amounts: [.init(kind, value, "USD")], leads: leads, low: true,
                fetchedAt: nil, problem: nil, retryAt: nil)
        }
        func mark(_ line: BalanceTable.Line) -> Substring? { BalanceTable([line]).text(now: now).split(separator: " ").last }
        #expect(mark(line("0.00")) == "EMPTY\n" && mark(line("-1.5")) == "EMPTY\n")
        #expect(mark(line("0.01")) == "LOW\n")
        #expect(!BalanceTable([line("0", leads: false)]).text(now: now).contains("EMPTY"))
        #expect(!BalanceTable([line("0", "used")]).text(now: now).contains("EMPTY"), "nothing used of an account without a limit")
    }

    @Test func `parts of one unit are told apart by their names`() throws {
        let json = #"""
            {"balances": [{"provider": "p", "account": "a", "status": "fresh", "available": "300", "amounts": [
              {"kind": "available", "value": "300", "unit": "credits", "part": "plan"},
              {"kind": "used", "value": "700", "unit": "credits", "part": "plan"},
              {"kind": "available", "value": "50", "unit": "credits", "part": "paygo"}]}]}
            """#
        let decoded = try #require(BalancesAnswer(json: Array(json.utf8)))
        #expect(
            BalanceTable(decoded.lines).text(now: now) == """
                PROVIDER  ACCOUNT  AVAILABLE  UNIT               STATUS  READ
                p         a              300  credits plan       fresh   -
                                         700  credits plan used
                                          50  credits paygo

                """)
    }

    @Test func `a runway stands beside its row, also where the row has no amount of its own and others follow`() {
        let read = WallTime(rfc3339: "2026-11-20T22:55:51Z")
        let table = BalanceTable([
            .init(
                provider: "venice", account: "default", status: .fresh,
                amounts: [.init("available", "12.5", "USD"), .init("available", "3", "VCU")], leads: false, low: false,
                fetchedAt: read, problem: nil, retryAt: nil, runway: "-"),
            .init(
                provider: "sunor", account: "main", status: .fresh,
                amounts: [.init("available", "950", "credits"), .init("reserved", "10", "credits")], low: true,
                fetchedAt: read, problem: nil, retryAt: nil, runway: "3 to 8 days")
        ])
        #expect(
            table.text(now: now) == """
                PROVIDER  ACCOUNT  AVAILABLE  UNIT              STATUS  READ     RUNWAY
                venice    default        -                      fresh   9 s ago  -
                                        12.5  USD
                                         3    VCU
                sunor     main         950    credits           fresh   9 s ago  3 to 8 days  LOW
                                        10    credits reserved

                """)
    }

    /// What the program is told by a gateway comes the same way.
    @Test(arguments: [nil, "3 to 8 days"], [0, 1, 3])
    func `every row is printed, whatever of it is known`(runway: String?, count: Int) {
        let amounts = (0..<count).map { BalanceTable.Figure("available", "\($0).5", "unit\($0)") }
        for leads in [true, false] {
            let line = BalanceTable.Line(
                provider: "p", account: "a", status: .stale, amounts: amounts, leads: leads, low: false, fetchedAt: nil,
                problem: nil, retryAt: nil, runway: runway)
            for color in [true, false] {
                let printed = BalanceTable([line, line]).text(now: now, color: color).split(separator: "\n")
                #expect(printed.count == 1 + 2 * (leads ? max(1, count) : 1 + count))
                #expect(printed[0].contains("RUNWAY") == (runway != nil))
            }
        }
    }

    @Test func `colour changes nothing but the colour`() {
        let table = BalanceTable([
            .init(
                provider: "p", account: "a", status: .stale, amounts: [.init("available", "1.5", "USD")], low: false,
                fetchedAt: now, problem: nil, retryAt: nil)
        ])
        let colored = table.text(now: now, color: true)
        #expect(colored.contains("\u{1B}[33mstale\u{1B}[0m"))
        #expect(colored.replacing(/\u{1B}\[[0-9]+m/, with: "") == table.text(now: now))
    }

    @Test func `B9: what could command a terminal is shown as a question mark, whoever answered with a valid document`() throws {
        let escape = #""a\u001b[2Jb\u202e""#
        let json = """
            {"balances":[{"provider":\(escape),"account":\(escape),"status":"fresh","available":"1","low":false,
            "amounts":[{"kind":"available","value":\(escape),"unit":\(escape)}],"problem":{"title":\(escape)}}]}
            """
        let document = try #require(BalancesAnswer(json: Array(json.utf8)))
        let text = BalanceTable(document.lines).text(now: now)
        #expect(text.components(separatedBy: "a?[2Jb?").count == 6, "\(text)")
        #expect(!text.unicodeScalars.contains { $0 != "\n" && LineText.isCommand($0) }, "\(text.debugDescription)")
    }

    @Test func `no account is said, not shown as an empty table`() {
        #expect(BalanceTable([]).text(now: now) == "No accounts are configured.\n")
    }
}
