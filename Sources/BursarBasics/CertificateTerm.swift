/// How a certificate's end stands. *Value.* Pure: the clock is an argument. Times are seconds since 1970.
package enum CertificateTerm: Sendable, Comparable {
    case long
    /// Somebody should look after its renewal.
    case ending
    /// Clients refuse it.
    case over

    /// `ending` begins two weeks before the end; for a certificate made for less than six weeks, with its last third.
    package init(from begin: Int, to end: Int, now: Int) {
        let warned = min(Self.twoWeeks, max(0, end - begin) / 3)
        self = now > end ? .over : now > end - warned ? .ending : .long
    }

    private static let twoWeeks = 14 * 24 * 3_600
}
