import BursarEngine
import BursarModel
import BursarStore
import Foundation

/// Values to keep, some with everything set and some with as little as possible.
enum Samples {
    static let now = WallTime(seconds: 1_800_000_000)

    static func key(_ number: Int) -> CredentialKey {
        var bytes = [UInt8](repeating: 7, count: 32)
        for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
        guard let key = CredentialKey(digest: bytes) else { preconditionFailure("32 bytes") }
        return key
    }

    static func account(_ name: String = "default", of provider: String = "tensorpix") -> AccountID {
        guard let provider = ProviderID(provider), let name = AccountName(name) else { preconditionFailure("well-formed") }
        return AccountID(provider: provider, account: name)
    }

    static func amount(_ value: String, _ unit: String = "USD", _ kind: AmountKind = .available) -> Amount {
        guard let value = ExactDecimal(value), let unit = AmountUnit(unit) else { preconditionFailure("well-formed") }
        return Amount(kind: kind, value: value, unit: unit)
    }

    static func reading(_ value: String = "12.3400", body: [UInt8]? = nil) -> Reading {
        Reading(
            amounts: [amount(value), amount("-0.00000000000000000000000000000000000001", "credits", .reserved)],
            providerSaysLow: false, asOf: now.advanced(by: .seconds(-3)),
            reply: UpstreamReply(
                status: 200, contentType: "application/json; charset=utf-8", body: body ?? Array(#"{"balance": \#(value)}"#.utf8))
        )
    }

    static func snapshot(_ value: String = "12.3400", fetchedAt: WallTime = now) -> CredentialSnapshot {
        CredentialSnapshot(
            takenAt: fetchedAt, reading: reading(value), fetchedAt: fetchedAt, problem: nil, problemAt: nil, hold: nil,
            cooldown: Cooldown(), backoff: Backoff(), breaker: .closed(failures: 0), calls: [])
    }

    static let full = CredentialSnapshot(
        takenAt: now, reading: reading(body: Array(0...255)), fetchedAt: now.advanced(by: .seconds(-60)),
        problem: Problem(code: .rateLimited, upstreamStatus: 429, reason: "data.'available' is \"missing\" – \u{1F4B6}"),
        problemAt: now.advanced(by: .seconds(-1)),
        hold: .init(
            kind: .cooldown, until: now.advanced(by: .seconds(17)), left: .nanoseconds(16_999_999_999),
            hint: CooldownHint(wait: .seconds(17), source: .throttleText)),
        cooldown: Cooldown(hinted: 3, unhinted: 2), backoff: Backoff(steps: 4), breaker: .open(openings: 3),
        calls: [now.advanced(by: .seconds(-20)), now.advanced(by: .milliseconds(-1))])

    static let bare = CredentialSnapshot(
        takenAt: now, reading: nil, fetchedAt: nil, problem: nil, problemAt: nil, hold: nil, cooldown: Cooldown(),
        backoff: Backoff(), breaker: .closed(failures: 2), calls: [])

    static func stored(_ number: Int, _ snapshot: CredentialSnapshot = snapshot()) -> StoredCredential {
        StoredCredential(key: key(number), account: account("a\(number)"), snapshot: snapshot)
    }

    static func change(_ value: String, at: WallTime = now, of account: AccountID = account()) -> HistoryEntry {
        HistoryEntry(account: account, at: at, asOf: nil, providerSaysLow: nil, amounts: [amount(value)])
    }
}

/// A folder that goes away with the test.
final class Scratch: Sendable {
    let path: String

    init(_ parent: String = "/tmp") {
        path = parent + "/bursar-store-" + String((0..<8).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() ?? "a" })
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "bursar.db") -> String { path + "/" + name }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
    func store(_ name: String = "bursar.db") -> SQLiteStore { SQLiteStore(path: file(name)) { Samples.now } }
}
