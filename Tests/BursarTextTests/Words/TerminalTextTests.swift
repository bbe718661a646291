import Testing

@testable import BursarText

@Suite struct TerminalTextTests {
    @Test(
        arguments: [
            0x00, 0x0A, 0x1B, 0x7F, 0x9B, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0x2028,
            0x2029, 0x200E, 0x200F, 0x061C
        ] as [UInt32])
    func `what commands a terminal or turns letters around is a question mark`(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(TerminalText.shown("a\(Character(scalar))b") == "a?b")
    }

    @Test func `letters of every script stay as they are`() {
        for text in ["déjà vu", "余额", "رصيد", "יתרה", "5 €", "👩‍🚀"] { #expect(TerminalText.shown(text) == text) }
    }

    @Test func `a guard's line is in its own order, whatever an answer holds`() throws {
        let json = #"{"schema":"bursar.guard.v1","decision":"no","account":"a\u202Eb","have":"1\u2066","needs":"2\u001B[2J"}"#
        let answer = try #require(GuardAnswer(json: Array(json.utf8)))
        #expect(answer.line == "no: a?b has 1?, needs 2?[2J")
    }
}
