internal import BursarHTTP

/// The compressed bodies, each made once: a mock is asked thousands of times.
enum MockGzip {
    /// 64 MiB: far above any limit a client of balances should have, and small enough for a client without one to survive.
    static let bombSize = 67_108_864

    /// Spaces, which stand for themselves before any JSON value.
    static let bomb: [UInt8] = compressed([UInt8](repeating: 0x20, count: bombSize))

    /// A right header and nothing right behind it: the block type 3 does not exist (RFC 1951 3.2.3).
    static let broken: [UInt8] = [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03] + [UInt8](repeating: 0xFF, count: 64)

    /// Empty when there is no memory, which a client sees as bad gzip.
    static func compressed(_ bytes: [UInt8]) -> [UInt8] { Gzip.compress(bytes) ?? [] }
}
