import Foundation

/// What runs found stands in hex, one input a line: hundreds of small files would be hundreds of files.
extension FuzzTarget {
    private var corpus: URL { Self.corpus(home) }
    private static func corpus(_ home: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("\(home)/Corpus", isDirectory: true)
    }
    private var file: URL { corpus.appendingPathComponent("\(name)-found.hex") }

    /// The smallest set of inputs that reached as much as all that were tried; empty where nothing was kept yet.
    package func found() throws -> [[UInt8]] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let digits = Array(line.utf8)
            return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
            }
        }
    }

    /// Keeps the inputs of a folder, the small ones first, as far as they fit into a file that nobody minds in a repository.
    /// - Returns: how many were kept, and how many were not.
    package func keep(from folder: String, mostBytes: Int = 150_000) throws -> (kept: Int, left: Int) {
        let inputs = Set(try Self.files(in: folder)).subtracting([[]]).sorted {
            $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count < $1.count
        }
        var text = ""
        var kept = 0
        for input in inputs where text.utf8.count + input.count * 2 < mostBytes {
            text += input.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n"
            kept += 1
        }
        try FileManager.default.createDirectory(at: corpus, withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return (kept, inputs.count - kept)
    }

    /// Writes everything that a run starts from into a folder, and the words as a dictionary of libFuzzer.
    package func prepare(in folder: String, dictionary: String) throws {
        let inputs = try found() + seeds()
        for (index, input) in inputs.enumerated() { try Data(input).write(to: URL(fileURLWithPath: "\(folder)/\(index)")) }
        let lines = words.map { word in
            "\"" + word.utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\"\n"
        }
        // libFuzzer takes no empty file.
        try ("# \(name)\n" + lines.joined()).write(toFile: dictionary, atomically: true, encoding: .utf8)
    }

    /// Of the corpus: whole files, where inputs have a name (`refuse-400-two-hosts.http`).
    static func files(ending: String, home: String) -> [[UInt8]] {
        let corpus = corpus(home)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: corpus.path)) ?? []
        return names.sorted().filter { $0.hasSuffix(ending) }.compactMap {
            (try? Data(contentsOf: corpus.appendingPathComponent($0))).map { Array($0) }
        }
    }

    private static func files(in folder: String) throws -> [[UInt8]] {
        try FileManager.default.contentsOfDirectory(atPath: folder).map {
            Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
        }
    }
}
