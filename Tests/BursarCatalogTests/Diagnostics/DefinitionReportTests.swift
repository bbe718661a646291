import BursarModel
import Testing

@testable import BursarCatalog

/// What `bursar check FILE` prints of definitions.
@Suite struct DefinitionReportTests {
    private func report(_ yaml: String) -> DefinitionReport {
        DefinitionReport([DefinitionFile(path: "acme.yaml", bytes: Array(yaml.utf8))])
    }

    @Test func `each example has its row, with what is left out and why`() {
        let yaml = definition(
            mapping: """
                amounts: [{unit: USD, available: b, reserved: r?, words: {null: unlimited}}]
                  verified: documentation
                """, schema: "{type: object, properties: {b: {type: [number, \"null\"]}, r: {type: number}, s: {type: string}}}",
            example: "{b: 1.50, r: 2}"
        ).replacing(
            "example: {b: 1.50, r: 2}",
            with: "examples: {full: {value: {b: 1.50, r: 2}}, bare: {value: {b: 2}}, free: {value: {b: null, r: 1}}}")
        let report = report(yaml)
        #expect(!report.hasErrors)
        #expect(report.text.contains("GET https://api.example.com/balance"))
        #expect(report.text.contains("200 full  available 1.50 USD\n            reserved 2 USD"))
        #expect(report.text.contains("200 bare  available 2 USD\n            reserved is left out because r is missing"))
        #expect(report.text.contains("available is not told: there is no limit"))
        #expect(report.text.contains("nobody has seen it live: `bursar provider try example`"))
        // Said of any file, it led to "no such account".
        #expect(report.text.contains("where the configuration names this file and an account of it\n"))
        #expect(report.text.hasSuffix("ok\n"))
    }

    @Test func `an example that is not what is expected is told beside its row`() {
        let yaml = definition(
            mapping: "amounts: [{unit: credits, available: balance}]\n  expect: {\"200\": [available 13 credits]}")
        let report = report(yaml)
        #expect(report.hasErrors)
        #expect(report.text.contains("this example gives available 12.5 credits, and expect says available 13 credits"))
        #expect(report.text.contains("200  available 12.5 credits"))
        #expect(report.text.hasSuffix("1 error, 0 warnings\n"))
    }

    @Test func `a file that is none is an error with its place`() {
        let report = report("openapi: 3.1.0\n")
        #expect(report.hasErrors)
        #expect(report.text.contains("acme.yaml:1:1: error: the document has no x-bursar"))
    }

    // It stood at 1:1.
    @Test func `an id that is taken is told where the file says it`() {
        let bytes = Array(definition().utf8)
        let report = DefinitionReport([
            DefinitionFile(path: "a.yaml", bytes: bytes), DefinitionFile(path: "b.yaml", bytes: bytes)
        ])
        #expect(report.hasErrors)
        #expect(report.text.hasPrefix("b.yaml:15:7: error: the id example is taken: a.yaml defines it, too; "), "\(report.text)")
    }

    // It said "available 0 credits", and then that available was left out because credits was missing.
    @Test(arguments: [
        (402, #"{"error": "none left"}"#, ["available 0 credits", "low true"]),
        (200, #"{"code": 7}"#, ["available 0 credits", "low true"]),
        (
            200, #"{"code": 0, "used": 3}"#,
            [
                "used 3 credits", "the row's own amount is null", "available is left out because credits is missing"
            ]
        )
    ])
    func `what is missing from the body is told only of a row that comes from it`(
        status: Int, body: String, expected: [String]
    ) throws {
        let yaml = definition(
            mapping: """
                amounts: [{unit: credits, available: credits?, used: used?}]
                  success: {code: 0}
                  codes: {at: code, map: {7: depleted}}
                  statuses: {402: depleted}
                """, example: "{code: 0, credits: 12.5, used: 1}")
        let trial = DefinitionTrial(
            try Catalog.single(yaml), status: status, contentType: "application/json", body: Array(body.utf8),
            ReadingContext(now: WallTime(seconds: 1_700_000_000)))
        #expect(trial.lines == expected)
    }

    @Test func `an answer that does not fit is told once, and an error in a form of its own is told as that`() throws {
        let schema = "{type: object, required: [balance], properties: {balance: {type: number}}}"
        let yaml = definition(schema: schema)
        let catalog = try Catalog.empty.adding([DefinitionFile(path: "acme.yaml", bytes: Array(yaml.utf8))])
        let example = try #require(catalog.definitions.first)
        func lines(_ status: Int, _ body: String) -> [String] {
            DefinitionTrial(
                example, status: status, contentType: "application/json", body: Array(body.utf8),
                ReadingContext(now: WallTime(seconds: 1_700_000_000))
            ).lines
        }
        let wrong = try #require(lines(200, #"{"balance": true}"#).first)
        #expect(wrong.hasPrefix("invalid_response: balance is ") && !wrong.contains("in a form"), "\(wrong)")
        let failed = try #require(lines(500, "<html>").first)
        #expect(failed.hasPrefix("upstream_error: ") && failed.hasSuffix(", in a form that is not documented"), "\(failed)")
    }
}
