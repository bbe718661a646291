import BursarGateway
import BursarModel
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

    @Test func `parts of one unit are told apart by their names`() throws {
        let json = #"""
            {"balances": [{"provider": "p", "account": "a", "status": "fresh", "available": "300", "amounts": [
              {"kind": "available", "value": "300", "unit": "credits", "part": "plan"},
              {"kind": "used", "value": "700", "unit": "credits", "part": "plan"},
              {"kind": "available", "value": "50", "unit": "credits", "part": "paygo"}]}]}
            """#
        let decoded = try #require(BalancesDocument.Decoded(json: Array(json.utf8)))
        #expect(
            BalanceTable(decoded.lines).text(now: now) == """
                PROVIDER  ACCOUNT  AVAILABLE  UNIT               STATUS  READ
                p         a              300  credits plan       fresh   -
                                         700  credits plan used
                                          50  credits paygo

                """)
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
        let document = try #require(BalancesDocument.Decoded(json: Array(json.utf8)))
        let text = BalanceTable(document.lines).text(now: now)
        #expect(text.components(separatedBy: "a?[2Jb?").count == 6, "\(text)")
        #expect(!text.unicodeScalars.contains { $0 != "\n" && TerminalText.isCommand($0) }, "\(text.debugDescription)")
    }

    @Test func `no account is said, not shown as an empty table`() {
        #expect(BalanceTable([]).text(now: now) == "No accounts are configured.\n")
    }
}
