/// How a certificate's end stands. *Value.* Pure: the clock is an argument. Times are seconds since 1970.
package enum CertificateTerm: Int, Sendable, Comparable {
    case long
    /// Somebody should look after its renewal.
    case ending
    /// Clients refuse it.
    case over

    /// Two weeks; of what is made for less than six, the last third: a certificate of some days is not always about to end.
    package init(from begin: Int, to end: Int, now: Int) {
        let warned = min(Self.twoWeeks, max(0, end - begin) / 3)
        self = now > end ? .over : now > end - warned ? .ending : .long
    }

    private static let twoWeeks = 14 * 24 * 3_600

    package static func < (one: CertificateTerm, other: CertificateTerm) -> Bool { one.rawValue < other.rawValue }
}
