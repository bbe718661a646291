import BursarHTTP
import NIOCore
import Testing

@testable import BursarGateway

struct RepresentationsTests {
    private func prepare(_ status: Int) -> PreparedResponse {
        Representations.prepare(
            Array(String(repeating: "quota exhausted ", count: 200).utf8), status: status, headers: ["vary": "accept-encoding"],
            age: nil, forms: .all)
    }

    @Test(arguments: [401, 456, 503])
    func `an answer that is no success is never told as unchanged (RFC 9110 13.2.1)`(status: Int) throws {
        let answer = prepare(status)
        #expect(answer.notModified == nil)
        #expect(try #require(answer.gzip).notModified == nil)
    }

    @Test func `a success is, in each of its forms`() throws {
        let answer = prepare(200)
        #expect(answer.notModified?.status == 304)
        #expect(try #require(answer.gzip).notModified?.status == 304)
    }
}
