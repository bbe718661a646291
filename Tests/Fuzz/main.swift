// A coverage-guided fuzzer of whatever reads bytes that strangers write. scripts/fuzz builds and runs it; no other build has it.
//
//     bursar-fuzz TARGET [libFuzzer's options and folders]
//     bursar-fuzz prepare TARGET FOLDER DICTIONARY     writes what a run starts from
//     bursar-fuzz keep TARGET FOLDER                   puts the inputs of a folder into the corpus of the tests

import FuzzRules

import Glibc

/// libFuzzer's own entry, where the program has a `main` already. Its C convention and Swift's agree for pointers and numbers.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// libFuzzer's own `main` is linked in and asks for this one, although ours, below, is the one that runs.
@_cdecl("LLVMFuzzerTestOneInput")
func neverCalled(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 { 0 }

func usage() -> Never {
    print(
        "usage: bursar-fuzz \(FuzzTarget.all.map(\.name).sorted().joined(separator: "|")) [libFuzzer's options and folders]")
    exit(64)
}

let words = CommandLine.arguments.dropFirst()
if let command = words.first, ["prepare", "keep"].contains(command) {
    guard let target = words.dropFirst().first.flatMap({ FuzzTarget.named($0) }), words.count >= 3 else { usage() }
    if command == "prepare", words.count == 4 {
        try target.prepare(in: words[3], dictionary: words[4])
    } else {
        let (kept, left) = try target.keep(from: words[3])
        print("\(kept) inputs kept, \(left) left out for their length")
    }
    exit(0)
}

nonisolated(unsafe) var chosen: @Sendable ([UInt8]) throws(BrokenRule) -> Void = { _ in }
guard let target = words.first.flatMap({ FuzzTarget.named($0.hasPrefix("--") ? String($0.dropFirst(2)) : $0) }) else { usage() }
chosen = target.check
// libFuzzer starts itself again to merge, with the same arguments: what begins with two dashes it leaves to others. The longest input
// is what was chosen for the target, unless options behind say otherwise.
let options =
    [
        CommandLine.arguments[0], "--" + target.name, "-max_len=\(target.longest)", "-timeout=10", "-rss_limit_mb=4096",
        "-print_final_stats=1"
    ] + words.dropFirst()
var count = Int32(options.count)
// Never freed: libFuzzer keeps them.
let vector = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: options.count + 1)
for (index, option) in options.enumerated() { vector[index] = strdup(option) }
vector[options.count] = nil
var arguments = vector
exit(
    withUnsafeMutablePointer(to: &arguments) { pointer in
        runFuzzer(&count, pointer) { bytes, length in
            do throws(BrokenRule) {
                try chosen(Array(UnsafeBufferPointer(start: bytes, count: length)))
            } catch {
                fatalError("\(error)")
            }
            return 0
        }
    })
