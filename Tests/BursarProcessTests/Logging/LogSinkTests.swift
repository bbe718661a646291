import Foundation
import Synchronization
import TestSupport
import Testing

@testable import BursarProcess

/// What the log promises whoever reads it, and whoever does not (A5).
@Suite(.timeLimit(.minutes(2))) struct LogSinkTests {
    /// A pipe with a reader that reads when it is told to. Its reading end is closed with it; the other stays open, because a sink's
    /// thread may end after its sink, and would tell what was dropped to whatever has the number of the descriptor by then.
    private final class Pipe: Sendable {
        let reading: Int32
        let writing: Int32
        private let isReadingClosed = Mutex(false)

        init() throws {
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
        }

        /// The next bytes, at least one; none at the end. Blocks.
        func read() -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            var count = -1
            repeat {
                count = bytes.withUnsafeMutableBytes { Glibc.read(reading, $0.baseAddress, $0.count) }
                // Other tests' programs end, and a signal says so.
            } while count < 0 && errno == EINTR
            return Array(bytes.prefix(max(0, count)))
        }

        /// So many whole lines. Blocks until they are there.
        func lines(_ count: Int) -> [String] {
            var bytes: [UInt8] = []
            var found = 0
            while found < count {
                let more = read()
                if more.isEmpty { break }
                found += more.count { $0 == 0x0A }
                bytes += more
            }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }

        /// The next line, read byte by byte. Blocks.
        func line() -> String? {
            var bytes: [UInt8] = []
            var byte: UInt8 = 0
            while true {
                let count = Glibc.read(reading, &byte, 1)
                if count < 0 && errno == EINTR { continue }
                guard count == 1 else { return nil }
                if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
                bytes.append(byte)
            }
        }

        func closeReading() {
            isReadingClosed.withLock { isClosed in
                if !isClosed { close(reading) }
                isClosed = true
            }
        }

        deinit { closeReading() }
    }

    private func sink(_ pipe: Pipe, gather: Duration = .milliseconds(5), capacity: Int = 1 << 20) -> LogSink {
        LogSink(descriptor: pipe.writing, gather: gather, capacity: capacity) { Array("dropped \($0)".utf8) }
    }

    @Test func `a line that nobody waits for comes, although the next one never does`() async throws {
        let pipe = try Pipe()
        let sink = LogSink(descriptor: pipe.writing) { _ in [] }
        sink.write(Array("one".utf8), isHurried: false)
        #expect(await onOwnThread { pipe.lines(1) } == ["one"])
        _ = sink
    }

    @Test func `a line that somebody waits for does not wait for others`() async throws {
        let pipe = try Pipe()
        let sink = sink(pipe, gather: .seconds(3_600))
        sink.write(Array("first".utf8), isHurried: false)
        sink.write(Array("second".utf8), isHurried: true)
        #expect(await onOwnThread { pipe.lines(2) } == ["first", "second"])
        #expect(sink.flush(within: .seconds(60)) == 0)
    }

    @Test func `two hundred thousand lines of four threads all come, whole, each thread's in their order`() async throws {
        let pipe = try Pipe()
        let sink = sink(pipe, capacity: 1 << 28)
        let perThread = 50_000
        let reader = Task { await onOwnThread { pipe.lines(4 * perThread) } }
        await withTaskGroup { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<perThread { sink.write(Array("line \(writer) \(number) end".utf8), isHurried: false) }
                }
            }
        }
        var next = [Int](repeating: 0, count: 4)
        for line in await reader.value {
            let words = line.split(separator: " ")
            guard words.count == 4, words[3] == "end", let writer = Int(words[1]), Int(words[2]) == next[writer] else {
                Issue.record("\(line) is cut, or not the next")
                break
            }
            next[writer] += 1
        }
        #expect(next == [Int](repeating: perThread, count: 4))
        #expect(sink.droppedLines == 0 && sink.flush(within: .zero) == 0)
    }

    @Test func `a reader that stalls keeps nobody waiting, and what it missed is counted and told behind the gap`() async throws {
        let pipe = try Pipe()
        let sink = sink(pipe, gather: .zero, capacity: 32 << 10)
        let text = String(repeating: "x", count: 100)
        // More than the pipe and the bound take together, and nobody reads.
        let count = 5_000
        for number in 0..<count { sink.write(Array("\(number) \(text)".utf8), isHurried: false) }
        let dropped = sink.droppedLines
        #expect(dropped > 0)
        // Nobody reads, so this does not wait; but what is missing at the end is to be told.
        _ = sink.flush(within: .zero)
        // It reads again: each gap is as long as the line behind it says.
        let next = await onOwnThread { () -> Int in
            var next = 0
            while next < count, let line = pipe.line() {
                let words = line.split(separator: " ")
                if words.first == "dropped", let missing = Int(words[1]) {
                    next += missing
                } else if words.first == "\(next)" {
                    next += 1
                } else {
                    return -1
                }
            }
            return next
        }
        #expect(next == count)
        sink.write(Array("after".utf8), isHurried: true)
        #expect(await onOwnThread { pipe.lines(1) } == ["after"])
        #expect(sink.droppedLines == dropped)
    }

    @Test func `a flush ends when its time is over, and knows what nobody read (A5)`() async throws {
        let pipe = try Pipe()
        let sink = sink(pipe, capacity: 64 << 10)
        let text = String(repeating: "x", count: 100)
        let count = 5_000
        for number in 0..<count { sink.write(Array("\(number) \(text)".utf8), isHurried: false) }
        // Until nothing more fits.
        try await eventually {
            var room = pollfd(fd: pipe.writing, events: Int16(POLLOUT), revents: 0)
            return poll(&room, 1, 0) == 0
        }
        let began = ContinuousClock.now
        let unwritten = await onOwnThread { sink.flush(within: .milliseconds(100)) }
        #expect(began.duration(to: .now) < .seconds(20))
        // Every line is in the pipe, or counted.
        let inPipe = await onOwnThread { () -> Int in
            var size: Int32 = 0
            _ = ioctl(pipe.reading, UInt(FIONREAD), &size)
            var bytes: [UInt8] = []
            while bytes.count < Int(size) { bytes += pipe.read() }
            return bytes.prefix(Int(size)).count { $0 == 0x0A }
        }
        #expect(inPipe > 0 && inPipe + unwritten == count)
    }

    @Test func `a reader that dies ends nothing: its lines are counted, and a flush does not wait for it`() async throws {
        let pipe = try Pipe()
        let sink = sink(pipe)
        sink.write(Array("read".utf8), isHurried: true)
        #expect(await onOwnThread { pipe.lines(1) } == ["read"])
        pipe.closeReading()
        for number in 0..<100 { sink.write(Array("\(number)".utf8), isHurried: false) }
        #expect(await onOwnThread { sink.flush(within: .seconds(60)) } == 100)
        try await eventually { sink.droppedLines == 100 }
        sink.write(Array("more".utf8), isHurried: true)
        #expect(await onOwnThread { sink.flush(within: .seconds(60)) } == 101)
    }

    @Test func `a descriptor that somebody made non-blocking loses no line (A5)`() async throws {
        let pipe = try Pipe()
        _ = fcntl(pipe.writing, F_SETFL, fcntl(pipe.writing, F_GETFL) | O_NONBLOCK)
        let sink = sink(pipe, gather: .zero)
        let text = String(repeating: "y", count: 100)
        for number in 0..<5_000 { sink.write(Array("\(number) \(text)".utf8), isHurried: false) }
        let lines = await onOwnThread { pipe.lines(5_000) }
        #expect(lines.count == 5_000 && sink.droppedLines == 0, "\(lines.count) lines, \(sink.droppedLines) dropped")
    }

    @Test func `lines go to a file as they are`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let descriptor = open(folder.file("log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let sink = LogSink(descriptor: descriptor) { _ in [] }
        for number in 0..<10_000 { sink.write(Array("line \(number)".utf8), isHurried: false) }
        #expect(await onOwnThread { sink.flush(within: .seconds(60)) } == 0)
        let text = try String(contentsOfFile: folder.file("log"), encoding: .utf8)
        #expect(text == (0..<10_000).map { "line \($0)\n" }.joined())
    }

    @Test func `a disk that is full is told when it no longer is`() async throws {
        let descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let sink = LogSink(descriptor: descriptor) { Array("dropped \($0)".utf8) }
        sink.write(Array("lost".utf8), isHurried: true)
        #expect(await onOwnThread { sink.flush(within: .seconds(60)) } == 1)
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = open(folder.file("log"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        try #require(dup2(file, descriptor) == descriptor)
        sink.write(Array("kept".utf8), isHurried: true)
        #expect(await onOwnThread { sink.flush(within: .seconds(60)) } == 0)
        #expect(try String(contentsOfFile: folder.file("log"), encoding: .utf8) == "kept\ndropped 1\n")
        #expect(sink.droppedLines == 1)
    }
}
