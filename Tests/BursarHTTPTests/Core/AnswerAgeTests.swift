import NIOCore
import Testing

@testable import BursarHTTP

@Suite struct AnswerAgeTests {
    private let start = NIODeadline.uptimeNanoseconds(10_500_000_000)

    @Test func `it grows by whole seconds`() {
        let age = AnswerAge(at: start)
        #expect(age.seconds(at: start) == 0)
        #expect(age.seconds(at: start + .milliseconds(999)) == 0)
        #expect(age.seconds(at: start + .seconds(1)) == 1)
    }

    @Test func `what was older than the machine is up is as old as it is`() {
        let age = AnswerAge(.hours(24), at: start)
        #expect(age.seconds(at: start + .seconds(2)) == 86_402)
    }

    @Test func `it says when it will be another one`() {
        let age = AnswerAge(.milliseconds(300), at: start)
        let now = start + .milliseconds(100)
        #expect(age.nextChange(after: now) == start + .milliseconds(700))
        #expect(age.seconds(at: start + .milliseconds(699)) == 0 && age.seconds(at: start + .milliseconds(700)) == 1)
    }

    @Test func `it is never less than nothing, and no number is too large`() {
        #expect(AnswerAge(.seconds(-5), at: start).seconds(at: start) == 0)
        #expect(AnswerAge(at: start).seconds(at: .uptimeNanoseconds(0)) == 0)
        #expect(AnswerAge(.nanoseconds(.max), at: .uptimeNanoseconds(0)).seconds(at: start) > 4_000_000_000)
    }
}
