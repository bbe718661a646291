import BursarBasics
import BursarCatalog
import BursarModel
import TestSupport
import Testing

@testable import BursarGateway
@testable import BursarText

/// An account that has several amounts of one unit, of which the row's own comes and goes.
@Suite(.timeLimit(.minutes(2)))
struct HistoryOfPartsTests {
    private static func answer(plan limit: String) -> String { PartsDefinition.answer(plan: limit, used: 700, pack: "50") }

    private func withParts(_ body: (TestGateway) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let (limited, unknown) = (Self.answer(plan: "1000"), Self.answer(plan: "null"))
        let upstream = try await RecordingUpstream.start(answering: limited, unknown, limited, unknown, limited)
        try await TestGateway.with(
            ["provider: acme, key: a-key-of-nobody, base_url: '\(upstream.url)'"],
            settings: try PartsDefinition.setting(in: folder) + "\nstore: sqlite:\(folder.file("bursar.db"))"
        ) { gateway async throws in
            for _ in 0..<5 {
                _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                // The definition's budget is one call in ten minutes.
                gateway.clock.advance(by: .seconds(600))
            }
            try await gateway.stored()
            try await body(gateway)
        }
        await upstream.stop()
    }

    private let path = "/v1/balances/acme/default/history?since=1h"

    @Test func `a part that is left over is neither spent nor added`() async throws {
        try await withParts { gateway async throws in
            let metrics = try await gateway.get("/metrics").text
            for name in ["bursar_spent_total", "bursar_topped_up_total"] {
                #expect(metrics.contains("\(name){provider=\"acme\",account=\"default\",unit=\"credits\"} 0\n"), "\(name)")
            }
        }
    }

    @Test func `each amount says its part, and each entry which amount was the row's own`() async throws {
        try await withParts { gateway async throws in
            let answer = try await gateway.get(path)
            let entries = try #require(answer.json?["entries"]?.elements)
            #expect(entries.map { $0["available"]?.text } == ["300", nil, "300", nil, "300"])
            #expect(entries.map { $0["unit"]?.text } == ["credits", nil, "credits", nil, "credits"])
            for entry in entries {
                let names = (entry["amounts"]?.elements ?? []).map { amount in
                    [amount["kind"], amount["unit"], amount["part"]].map { $0?.text ?? "" }.joined(separator: " ")
                }
                #expect(names.contains("available credits pack") && Set(names).count == names.count, "\(names)")
            }
            let csv = try await gateway.get(path + "&format=csv").text
            #expect(csv.contains(",available,300,credits,plan\r\n") && csv.contains(",available,50,credits,pack\r\n"))
            let table = try #require(HistoryAnswer(json: Array(answer.text.utf8))).text
            #expect(table.hasPrefix("▁ ▁ ▁\n"), "\(table)")
            let lines = table.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
            #expect(lines[1] == "SEEN (UTC) AMOUNT UNIT" && lines.contains("50 credits pack"), "\(table)")
            #expect(lines[2].hasSuffix(" 300 credits plan") && lines.contains("700 credits plan used"), "\(table)")
            // Between two sights of the plan its limit was unknown: what was spent of it then, nobody knows.
            let plan = "what was spent of credits plan is not known; 60 min not known; begun anew"
            #expect(lines.suffix(2).first?.hasPrefix(plan) == true, "\(table)")
            #expect(lines.last?.hasPrefix("spent 0 credits pack; ") == true, "\(table)")
            #expect(lines.last?.hasSuffix("[a part, which may be in the above]") == true, "\(table)")
            let sums = try #require(answer.json?["spent"]?.elements)
            #expect(sums.map { $0["part"]?.text } == ["plan", "pack"])
            #expect(sums.map { $0["own"] } == [.bool(true), .bool(false)])
            #expect(sums.map { $0["spent"] } == [.null, .string("0")])
        }
    }

    @Test func `when an amount is filled again and when it is gone stand beside it`() throws {
        let amount = Amount(
            kind: .available, value: ExactDecimal(5), unit: try #require(AmountUnit("credits")), part: AmountPart("daily"),
            resetsAt: WallTime(seconds: 1_800_000_000), expiresAt: WallTime(seconds: 1_800_000_060))
        var json = JSONText(reserving: 64)
        amount.write(into: &json)
        #expect(
            String(decoding: json.bytes, as: UTF8.self).filter { $0 != " " }
                == #"{"kind":"available","value":"5","unit":"credits","#
                + #""part":"daily","resets_at":"2027-01-15T08:00:00.000Z","expires_at":"2027-01-15T08:01:00.000Z"}"#)
    }
}
