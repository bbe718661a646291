import Foundation
import Glibc
import Testing

@testable import BursarProcess

/// What systemd hears, on a real datagram socket.
@Suite struct ServiceManagerTests {
    @Test(arguments: [false, true])
    func `messages arrive at the socket that was named`(isAbstract: Bool) throws {
        let name = "/tmp/bursar-notify-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer {
            close(descriptor)
            unlink(name)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = (isAbstract ? [0] : []) + Array(name.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(2 + bytes.count)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        #expect(bound == 0)

        let manager = try #require(ServiceManager(["NOTIFY_SOCKET": isAbstract ? "@" + name : name]))
        for (message, text) in [
            (ServiceManagerMessage.ready(status: "five\naccounts"), "READY=1\nSTATUS=five accounts\n"),
            (.status("five\r\nREADY=0\rWATCHDOG=1"), "STATUS=five  READY=0 WATCHDOG=1\n"),
            (.reloading(monotonicMicroseconds: 17), "RELOADING=1\nMONOTONIC_USEC=17\n"), (.stopping, "STOPPING=1\n"),
            (.watchdog, "WATCHDOG=1\n")
        ] {
            #expect(manager.tell(message))
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            #expect(count > 0 && String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == text)
        }
    }

    @Test func `nobody is told where nobody asked, and a name that is no socket's is refused`() {
        #expect(ServiceManager([:]) == nil)
        #expect(ServiceManager(["NOTIFY_SOCKET": "relative"]) == nil)
        #expect(ServiceManager(["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)]) == nil)
        #expect(ServiceManager(["NOTIFY_SOCKET": "/nowhere/at/all"])?.tell(.watchdog) == false)
    }

    @Test func `the watchdog hears twice an interval, if it asks this process`() {
        #expect(WatchdogInterval.read(["WATCHDOG_USEC": "10000000"], processID: 7) == .seconds(5))
        #expect(WatchdogInterval.read(["WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "7"], processID: 7) == .seconds(5))
        #expect(WatchdogInterval.read(["WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "8"], processID: 7) == nil)
        for text in ["", "0", "-3", "much"] { #expect(WatchdogInterval.read(["WATCHDOG_USEC": text], processID: 7) == nil) }
        #expect(WatchdogInterval.read([:], processID: 7) == nil)
    }
}
