import Foundation
import Glibc
import TestSupport
import Testing

@testable import BursarProcess

@Suite(.timeLimit(.minutes(1))) struct MountWatchTests {
    @Test func `the list of mounts can be watched, and another file cannot`() throws {
        #expect(MountWatch() != nil)
        let folder = try ScratchFolder()
        defer { folder.remove() }
        #expect(MountWatch(try folder.write("", to: "file")) == nil)
        #expect(MountWatch(folder.file("none")) == nil)
    }

    // Closed once more, it is a descriptor that somebody else has by then.
    @Test func `one that cannot be made closes what it opened once`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("", to: "file")
        let failed = Task.detached {
            await onOwnThread {
                for _ in 0..<20_000 { _ = MountWatch(file) }
            }
        }
        let stolen = await onOwnThread {
            (0..<40_000).filter { _ in
                let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
                return descriptor >= 0 && close(descriptor) != 0
            }.count
        }
        await failed.value
        #expect(stolen == 0)
    }
}
