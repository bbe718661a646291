import Foundation
import TestSupport
import Testing

@testable import BursarProcess

@Suite struct KeyFileRouteTests {
    // Compared with the places of mounts, which have no `..` in them.
    @Test func `the way ends at the file's own place, also through a link that goes up`() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let place = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path
        for name in ["etc", "run"] {
            try FileManager.default.createDirectory(atPath: "\(place)/\(name)", withIntermediateDirectories: true)
        }
        try Data("k".utf8).write(to: URL(fileURLWithPath: "\(place)/run/key"))
        try FileManager.default.createSymbolicLink(atPath: "\(place)/etc/key", withDestinationPath: "../run/key")
        #expect(KeyFileRoute("\(place)/etc/key").end == "\(place)/run/key")
        #expect(KeyFileRoute("\(place)/etc/../run/../run/key").end == "\(place)/run/key")
        #expect(KeyFileRoute("/../..\(place)/run/key").end == "\(place)/run/key")
        #expect(KeyFileRoute("\(place)/etc/key").endFolder == "\(place)/run")
    }

    @Test func `above the working folder nothing has a name`() {
        #expect(KeyFileRoute("../../none-of-that-name").end == "./../../none-of-that-name")
        #expect(KeyFileRoute("./none-of-that-name").end == "./none-of-that-name")
    }
}
