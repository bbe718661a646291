import BursarBasics

extension WallTime {
    /// `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate, RFC 9110 5.6.7).
    package var httpDate: String {
        var bytes = [UInt8](repeating: 0x20, count: HTTPDate.length)
        HTTPDate.write(CivilTime(self), into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Parameter now: places the two-digit year of RFC 850, which is never more than 50 years ahead.
    package init?(httpDate text: some StringProtocol, now: WallTime) {
        guard let milliseconds = HTTPDate.read(text, now: now.milliseconds) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
