import BursarCatalog
import Foundation
import TestSupport

/// Debian's Prometheus as a process of its own. Stop it, or it stays.
struct RealPrometheus {
    let url: String
    private let process: Process

    /// - Parameters:
    ///   - configuration: of `prometheus.yml`.
    ///   - data: a folder with blocks; nil: it begins with none.
    static func start(_ configuration: String, data: String? = nil, in folder: ScratchFolder) async throws -> RealPrometheus {
        let port = try await LocalProgram.freePort()
        let file = try folder.write(configuration, to: "prometheus.yml")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: LocalProgram.find("prometheus") ?? "")
        process.arguments = [
            "--config.file=\(file)", "--storage.tsdb.path=\(data ?? folder.file("data"))", "--storage.tsdb.retention.time=100y",
            "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn"
        ]
        process.environment = ["HOME": folder.path, "PATH": "/usr/bin"]
        let log = folder.file("prometheus.log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = FileHandle(forWritingAtPath: log)
        (process.standardOutput, process.standardError) = (output, output)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let prometheus = RealPrometheus(url: "http://127.0.0.1:\(port)", process: process)
        for _ in 0..<400 where process.isRunning {
            if try await LocalProgram.curl(prometheus.url + "/-/ready").contains("Ready") { return prometheus }
            try await Task.sleep(for: .milliseconds(50))
        }
        await prometheus.stop()
        throw ScratchFolder.Failure(text: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "it does not answer")
    }

    /// What a query gives: label sets with their values.
    /// - Parameter time: seconds since 1970; nil: now.
    func ask(_ query: String, at time: String? = nil) async throws -> [(labels: JSONValue?, value: String)] {
        let parameters = ["--data-urlencode", "query=\(query)"] + (time.map { ["--data-urlencode", "time=\($0)"] } ?? [])
        let answer = try await json("/api/v1/query", parameters)
        guard answer["status"]?.text == "success" else { throw ScratchFolder.Failure(text: "\(query): \(answer)") }
        return (answer["data"]?["result"]?.elements ?? []).map { ($0["metric"], $0["value"]?[1]?.text ?? "") }
    }

    func json(_ path: String, _ parameters: [String] = []) async throws -> JSONValue {
        let output = try await LocalProgram.run("curl", ["-sS", "--max-time", "20", "-G", url + path] + parameters)
        return try JSONReader.read(Array(output.text.utf8))
    }

    func stop() async {
        // Not SIGTERM: the program was started from a thread that blocks it.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        let process = self.process
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }
}
