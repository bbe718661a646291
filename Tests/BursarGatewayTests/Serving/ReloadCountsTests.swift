import BursarModel
import Testing

@testable import BursarGateway

@Suite struct `How reloads ended` {
    @Test func `a key's file that is right again ends its own refusal, and none of a reload that somebody asked for`() {
        let counts = ReloadCounts(startedAt: WallTime(seconds: 0))
        #expect(!counts.keyFileIsRight())
        counts.refused(at: WallTime(seconds: 2), ["a problem"], ofKeyFile: true)
        #expect(counts.value.lastWasRefused && counts.keyFileIsRight() && !counts.value.lastWasRefused)
        #expect(!counts.keyFileIsRight(), "it is told once")
        counts.refused(at: WallTime(seconds: 2), ["a problem"], ofKeyFile: true)
        counts.refused(at: WallTime(seconds: 3), ["a problem"], ofKeyFile: false)
        #expect(!counts.keyFileIsRight() && counts.value.lastWasRefused)
        counts.applied(at: WallTime(seconds: 9))
        #expect(!counts.value.lastWasRefused && counts.value.refused == 3 && counts.value.applied == 1)
    }
}
