import BursarCatalog
import BursarModel
import TestSupport
import Testing

@testable import BursarGateway
@testable import BursarText

/// What was spent in a time, over real sockets and a store on disk, and in words.
@Suite(.timeLimit(.minutes(2)))
struct SpentTests {
    private static func answer(_ left: Int) -> String { PartsDefinition.answer(plan: "\(left)", pack: "null") }

    /// Six hours apart: 100, 90, 190, 180, 165.
    private func withSpending(_ body: (TestGateway) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let upstream = try await RecordingUpstream.start(
            answering: Self.answer(100), Self.answer(90), Self.answer(190), Self.answer(180), Self.answer(165))
        try await TestGateway.with(
            ["provider: acme, key: a-key-of-nobody, base_url: '\(upstream.url)'"],
            settings: try PartsDefinition.setting(in: folder) + "\nstore: sqlite:\(folder.file("bursar.db"))"
        ) { gateway async throws in
            for index in 0..<5 {
                if index > 0 { gateway.clock.advance(by: .seconds(6 * 3_600)) }
                _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            }
            try await gateway.stored()
            try await body(gateway)
        }
        await upstream.stop()
    }

    private let path = "/v1/balances/acme/default/history"

    @Test func `an answer says what was spent and added, and how much is not known, whatever its page`() async throws {
        try await withSpending { gateway async throws in
            for query in ["?since=24h", "?since=24h&limit=1", "?since=24h&step=1h"] {
                let sums = try #require(try await gateway.get(path + query).json?["spent"]?.elements)
                #expect(sums.count == 1)
                let sum = try #require(sums.first)
                #expect(sum["unit"]?.text == "credits" && sum["part"]?.text == "plan" && sum["own"] == .bool(true))
                #expect(sum["spent"]?.text == "35" && sum["topped_up"]?.text == "100" && sum["expired"]?.text == "0")
                // The top-up was seen six hours later: what was spent meanwhile is not known.
                #expect(sum["unknown_seconds"] == .number("21600") && sum["reset"] == .null, "\(sum)")
            }
            let later = try await gateway.get(path + "?since=9h").json?["spent"]?[0]
            #expect(later?["spent"]?.text == "15" && later?["spent_or_before"]?.text == "10")
            #expect(later?["unknown_seconds"] == .number("10800"))
        }
    }

    @Test func `each day of the calendar has its sum, and a time that is to come has none`() async throws {
        try await withSpending { gateway async throws in
            let answer = try await gateway.get(path + "?since=24h&by=day")
            let days = try #require(answer.json?["days"]?.elements)
            #expect(days.first?["since"]?.text == answer.json?["since"]?.text)
            #expect(days.dropFirst().allSatisfy { $0["since"]?.text?.hasSuffix("T00:00:00.000Z") == true })
            #expect(days.count <= 2 && days.allSatisfy { $0["spent"]?.elements?.count == 1 })
            let text = try #require(HistoryAnswer(json: Array(answer.text.utf8))).text
            #expect(text.hasPrefix("DAY (UTC)"), "\(text)")
            let last = "spent 35 credits plan, topped up 100 credits plan; 6 h not known"
            #expect(text.split(separator: "\n").last == last[...], "\(text)")
            let future = try await gateway.get(path + "?since=2100-01-01T00:00:00Z&until=2100-02-01T00:00:00Z&by=day").json
            #expect(future?["spent"]?.elements?.isEmpty == true && future?["days"]?.elements?.isEmpty == true)
        }
    }

    private func text(_ members: String) throws -> String {
        let json = #"{"schema":"bursar.history.v1","entries":[],"spent":[],"next":null,\#(members)}"#
        return try #require(HistoryAnswer(json: Array(json.utf8))).text
    }

    @Test func `amounts stand with their points below each other, under a head that says whose time it is`() throws {
        let json = """
            {"schema":"bursar.history.v1","next":null,"spent":[],"entries":[
            {"at":"2026-11-24T10:00:00.123Z","until":"2026-11-24T10:05:00.000Z","available":"100.5","unit":"USD",
             "amounts":[{"kind":"available","value":"100.5","unit":"USD"},{"kind":"used","value":"3","unit":"USD"}]},
            {"at":"2026-11-24T10:06:00.000Z","until":"2026-11-24T10:06:00.000Z","available":"9.25","unit":"USD",
             "amounts":[{"kind":"available","value":"9.25","unit":"USD"}]}]}
            """
        #expect(
            try #require(HistoryAnswer(json: Array(json.utf8))).text == """
                █▁
                FIRST SEEN (UTC)     LAST SEEN (UTC)      AMOUNT  UNIT
                2026-11-24 10:00:00  2026-11-24 10:05:00  100.5   USD
                                                            3     USD used
                2026-11-24 10:06:00  2026-11-24 10:06:00    9.25  USD
                What was spent is not known: no available amount was seen.

                """)
    }

    @Test func `a day of which nothing is known is no day without spending`() throws {
        let days = """
            "days":[{"since":"2026-11-23T14:05:00.000Z","until":"2026-11-24T00:00:00.000Z","spent":[{"unit":"USD","part":null,"own":true,
            "spent":"1.5","spent_or_before":"0","topped_up":"100","expired":"0","dropped":"0","unknown_seconds":0,"reset":null}]},
            {"since":"2026-11-24T00:00:00.000Z","until":"2026-11-25T00:00:00.000Z","spent":[{"unit":"USD","part":null,"own":true,
            "spent":null,"spent_or_before":"0","topped_up":null,"expired":null,"dropped":null,"unknown_seconds":86400,"reset":null}]},
            {"since":"2026-11-25T00:00:00.000Z","until":"2026-11-26T00:00:00.000Z","spent":[{"unit":"USD","part":null,"own":true,
            "spent":"12","spent_or_before":"7","topped_up":"0","expired":"0","dropped":"0","unknown_seconds":90,"reset":null}]}]
            """
        let lines = try text(days).split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines[0] == "DAY (UTC) SPENT UNIT TOPPED UP EXPIRED NOT KNOWN")
        #expect(lines[1] == "2026-11-23 14:05:00 1.5 USD 100 - -")
        #expect(lines[2] == "2026-11-24 ? USD - - 24 h")
        #expect(lines[3] == "2026-11-25 12 USD - - 90 s 7 then or before")
    }

    @Test func `what was spent is one line, and says what is apart from it`() {
        func line(_ members: String) -> String? {
            (try? JSONReader.read(Array("{\"unit\":\"USD\",\(members)}".utf8))).map { SpentText.lines(of: [$0]) }
        }
        #expect(
            line(#""own":true,"spent":"1005.1132","topped_up":"899.4832","expired":"0","unknown_seconds":7200"#)
                == "spent 1005.1132 USD, topped up 899.4832 USD; 2 h not known\n")
        #expect(
            line(#""own":true,"spent":"0","topped_up":"0","expired":"5","dropped":"497","unknown_seconds":0"#)
                == "spent 0 USD, expired 5 USD, fell by 497 USD at once (another key, or one large job)\n")
        #expect(line(#""own":true,"spent":null,"unknown_seconds":61"#) == "what was spent of USD is not known; 61 s not known\n")
        #expect(line(#""own":true,"spent":"\u001b[2J","unknown_seconds":1"#) == "spent ?[2J USD; 1 s not known\n")
    }
}
