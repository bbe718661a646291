import BursarBasics
@testable import BursarConfiguration
import BursarHTTP
import BursarModel
import Testing

@testable import BursarGateway

@Suite struct TokenBucketTests {
    private func at(_ milliseconds: Int) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000).advanced(by: .milliseconds(milliseconds))
    }

    @Test func `the whole quota may be used at once, and comes back evenly`() throws {
        var bucket = TokenBucket(try #require(RequestRate(requests: 3, window: .seconds(30))))
        #expect(bucket.requested(at: at(0)) == .allowed(left: 2))
        #expect(bucket.requested(at: at(0)) == .allowed(left: 1))
        #expect(bucket.requested(at: at(0)) == .allowed(left: 0))
        #expect(bucket.requested(at: at(0)) == .refused(wait: .seconds(10)))
        #expect(bucket.untilFull(at(0)) == .seconds(30))
        #expect(bucket.requested(at: at(9_999)) == .refused(wait: .milliseconds(1)))
        #expect(bucket.requested(at: at(10_000)) == .allowed(left: 0))
        #expect(bucket.requested(at: at(10_000)) == .refused(wait: .seconds(10)))
    }

    @Test func `refused requests cost nothing`() throws {
        var bucket = TokenBucket(try #require(RequestRate(requests: 1, window: .seconds(1))))
        #expect(bucket.requested(at: at(0)) == .allowed(left: 0))
        for time in 1..<1_000 { #expect(bucket.requested(at: at(time)) != .allowed(left: 0)) }
        #expect(bucket.requested(at: at(1_000)) == .allowed(left: 0))
    }

    @Test(arguments: [(1, 1), (7, 1), (60, 60), (100, 3), (1_000_000, 1), (999_983, 1), (1_000_000, 86_400)])
    func `in any window of its length a client gets at most twice its quota, and never more than its quota at once`(
        requests: Int, seconds: Int
    ) throws {
        let rate = try #require(RequestRate(requests: requests, window: .seconds(seconds)))
        var bucket = TokenBucket(rate)
        var allowed = 0
        while case .allowed = bucket.requested(at: at(0)) { allowed += 1 }
        #expect(allowed == requests)
    }

    @Test func `what is no rate is none`() {
        #expect(RequestRate(requests: 0, window: .seconds(1)) == nil)
        #expect(RequestRate(requests: 1_000_001, window: .seconds(1)) == nil)
        #expect(RequestRate(requests: 1, window: .milliseconds(999)) == nil)
        #expect(RequestRate(requests: 1, window: .seconds(86_401)) == nil)
    }
}

@Suite struct FailureDelaysTests {
    private func at(_ seconds: Int) -> MonotonicTime { MonotonicTime(nanoseconds: 5).advanced(by: .seconds(seconds)) }

    private func peer(_ text: String) -> Peer { .tcp(IPAddress(text) ?? IPAddress(v4: 0)) }

    @Test func `each failure of a source waits longer, and others do not`() {
        var delays = FailureDelays()
        let waits = (0..<8).map { _ in delays.failed(peer("192.0.2.1"), at: at(0)).milliseconds }
        #expect(waits == [100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000])
        #expect(delays.failed(peer("192.0.2.2"), at: at(0)) == .milliseconds(100))
    }

    @Test func `a source that is quiet for two minutes is forgotten`() {
        var delays = FailureDelays()
        for _ in 0..<4 { _ = delays.failed(.unix(userID: nil), at: at(0)) }
        #expect(delays.failed(.unix(userID: nil), at: at(59)) == .milliseconds(1_600))
        #expect(delays.failed(.unix(userID: nil), at: at(61)) == .seconds(2))
        #expect(delays.failed(.unix(userID: nil), at: at(200)) == .milliseconds(100))
    }

    @Test func `the addresses that one subscriber is given are one source`() {
        var delays = FailureDelays()
        _ = delays.failed(peer("2001:db8:1:2::1"), at: at(0))
        #expect(delays.failed(peer("2001:db8:1:2:ffff::9"), at: at(0)) == .milliseconds(200))
        #expect(delays.failed(peer("2001:db8:1:3::1"), at: at(0)) == .milliseconds(100))
    }

    @Test func `the table is bounded whoever knocks`() {
        var delays = FailureDelays()
        for number in 0..<100_000 {
            _ = delays.failed(peer("10.\(number >> 16).\(number >> 8 & 255).\(number & 255)"), at: at(0))
        }
        #expect(delays.sources <= 2 * FailureDelays.mostSources)
    }
}
