import NIOCore
import Synchronization
import Testing

@testable import BursarHTTP

@Suite struct RenderedAnswersTests {
    private let dates = DateCache(wallClock: { (784_111_777, 400_000_000) })
    private let rendered = RenderedAnswers()

    private func text(_ prepared: PreparedResponse, at milliseconds: UInt64) -> String? {
        rendered.bytes(of: prepared, dates: dates, now: .uptimeNanoseconds(milliseconds * 1_000_000)).map { String(buffer: $0) }
    }

    @Test func `what is shared is what the writer writes, and changes with the age`() {
        let prepared = PreparedResponse(
            headers: ["x": "y"], body: ByteBuffer(string: "b"), age: AnswerAge(at: .uptimeNanoseconds(0)))
        let expected =
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX: y\r\nContent-Length: 1\r\nAge: 1\r\n\r\nb"
        #expect(text(prepared, at: 1_000) == expected)
        #expect(text(prepared, at: 1_999)?.contains("\r\nAge: 1\r\n") == true)
        #expect(text(prepared, at: 2_000)?.contains("\r\nAge: 2\r\n") == true)
    }

    @Test func `it changes with the date, also where there is no age`() {
        let prepared = PreparedResponse(headers: [:], body: ByteBuffer(string: "b"))
        let reads = Atomic<Int64>(0)
        let dates = DateCache(wallClock: { (784_111_776 + reads.wrappingAdd(1, ordering: .relaxed).newValue, 0) })
        let first = rendered.bytes(of: prepared, dates: dates, now: .uptimeNanoseconds(1))
        let same = rendered.bytes(of: prepared, dates: dates, now: .uptimeNanoseconds(1_000_000_000))
        let next = rendered.bytes(of: prepared, dates: dates, now: .uptimeNanoseconds(1_000_000_001))
        #expect(first == same)
        #expect(first.map { String(buffer: $0).contains("08:49:37") } == true)
        #expect(next.map { String(buffer: $0).contains("08:49:38") } == true)
    }

    @Test func `each answer keeps its own bytes, also when there are more than places`() {
        let all = (0..<RenderedAnswers.places * 3).map {
            PreparedResponse(headers: [:], body: ByteBuffer(string: "body \($0)"))
        }
        for _ in 0..<2 {
            for (number, prepared) in all.enumerated() {
                #expect(text(prepared, at: 5)?.hasSuffix("\r\n\r\nbody \(number)") == true)
            }
        }
    }

    @Test func `a body that is too large to be copied is not kept`() {
        let large = ByteBuffer(repeating: 0x61, count: PreparedResponse.largestCopiedBody + 1)
        #expect(text(PreparedResponse(headers: [:], body: large), at: 5) == nil)
    }
}
