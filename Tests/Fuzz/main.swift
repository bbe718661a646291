// A coverage-guided fuzzer of whatever reads bytes that strangers write. scripts/fuzz builds and runs it; no other build has it.
//
//     bursar-fuzz TARGET [libFuzzer's options and folders]

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What each target does with an input. To add one, write a function that takes bytes and traps where a rule is broken, and name
/// it here: coverage, the address sanitizer and the corpus come by themselves.
let targets: [String: @Sendable ([UInt8]) -> Void] = [
    "http1": fuzzHTTP1, "http2": fuzzHTTP2, "proxy": fuzzProxyHeader, "accept-encoding": fuzzAcceptEncoding, "json": fuzzJSON,
    "dates": fuzzDates
]

/// libFuzzer's own entry, where the program has a `main` already. Its C convention and Swift's agree for pointers and numbers.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// libFuzzer's own `main` is linked in and asks for this one, although ours, below, is the one that runs.
@_cdecl("LLVMFuzzerTestOneInput")
func neverCalled(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 { 0 }

nonisolated(unsafe) var chosen: @Sendable ([UInt8]) -> Void = { _ in }
guard CommandLine.arguments.count > 1, let target = targets[CommandLine.arguments[1]] else {
    print("usage: bursar-fuzz \(targets.keys.sorted().joined(separator: "|")) [libFuzzer's options and folders]")
    exit(64)
}
chosen = target
var count = CommandLine.argc - 1
// The target's name stands where libFuzzer expects the program's.
var arguments = CommandLine.unsafeArgv + 1
exit(
    withUnsafeMutablePointer(to: &arguments) { pointer in
        pointer.withMemoryRebound(to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.self, capacity: 1) { arguments in
            runFuzzer(&count, arguments) { bytes, length in
                chosen(Array(UnsafeBufferPointer(start: bytes, count: length)))
                return 0
            }
        }
    })
