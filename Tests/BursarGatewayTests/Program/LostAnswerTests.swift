import Foundation
import Glibc
import TestSupport
import Testing

/// What a command says where its answer cannot be written.
@Suite(.timeLimit(.minutes(2)), .enabled(if: ChildProgram.path != nil)) struct LostAnswerTests {
    // A token that is lost so is lost for good.
    @Test func `an answer that is not wholly written is an error`() async throws {
        let program = try #require(ChildProgram.path)
        let output = try await LocalProgram.run("sh", ["-c", "'\(program)' token new --name ci > /dev/full"])
        #expect(output.status == 74 && output.complaint.contains("cannot be written: No space left on device"), "\(output)")
    }

    @Test func `whoever wants no answer gets none, and the exit code all the same`() async throws {
        let program = try #require(ChildProgram.path)
        for command in ["providers", "check"] {
            let output = try await LocalProgram.run("sh", ["-c", "cd / && '\(program)' \(command) >&-"])
            #expect(output.status == 0 && !output.complaint.contains("cannot be written"), "\(output)")
        }
    }

    // A log on a full disk stops neither a job nor a start.
    @Test func `what stands beside an exit code may be lost`() async throws {
        let program = try #require(ChildProgram.path)
        let output = try await LocalProgram.run("sh", ["-c", "cd / && '\(program)' check > /dev/full"])
        #expect(output.status == 0 && output.complaint.contains("cannot be written"), "\(output)")
    }

    @Test func `a reader that has gone is none`() async throws {
        let program = try #require(ChildProgram.path)
        let output = try await LocalProgram.run("bash", ["-c", "'\(program)' providers | true; echo ${PIPESTATUS[0]}"])
        #expect(output.text == "0\n" && output.complaint.isEmpty, "\(output)")
    }

    @Test func `a pipe that does not block gets all of it`() async throws {
        let program = try #require(ChildProgram.path)
        let whole = try await LocalProgram.run("sh", ["-c", "'\(program)' providers"]).text
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["providers"]
        let pipe = Pipe()
        let writing = pipe.fileHandleForWriting.fileDescriptor
        #expect(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
        let setsPipeSize: Int32 = 1_031  // F_SETPIPE_SZ, which Swift does not import
        #expect(fcntl(writing, setsPipeSize, 4_096) == 4_096)
        (process.standardOutput, process.standardInput) = (pipe, FileHandle.nullDevice)
        try process.run()
        let text = await onOwnThread { String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
        #expect(text == whole && text.utf8.count > 4_096)
        await onOwnThread { process.waitUntilExit() }
        #expect(process.terminationStatus == 0)
    }
}
