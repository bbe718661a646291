import Testing

@testable import BursarHTTP

@Suite struct CrowdWatchTests {
    @Test func `a crowd has gone when three quarters of it have, once each time`() {
        var watch = CrowdWatch()
        for open in 1...1_000 { watch.opened(nowOpen: open) }
        let noticed = (0..<1_000).reversed().filter { watch.closed(nowOpen: $0) }
        // What stayed was a crowd again, until it was none.
        #expect(noticed == [250, 62])

        for open in 1...CrowdWatch.fewest { watch.opened(nowOpen: open) }
        #expect([16, 0].map { watch.closed(nowOpen: $0) } == [true, false])
    }

    @Test func `clients that come and go are no crowd, however many they are`() {
        var watch = CrowdWatch()
        for _ in 0..<10_000 {
            for open in 1..<CrowdWatch.fewest { watch.opened(nowOpen: open) }
            let noticed = (0..<CrowdWatch.fewest - 1).reversed().filter { watch.closed(nowOpen: $0) }
            #expect(noticed.isEmpty)
        }
    }
}
