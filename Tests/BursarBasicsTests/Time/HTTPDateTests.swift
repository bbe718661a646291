import BursarBasics
import Testing

@Suite struct HTTPDateTests {
    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (1_795_259_045, "Sat, 21 Nov 2026 11:04:05 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"), (-5, "Wed, 31 Dec 1969 23:59:55 GMT"),
            (Int64.max, "Fri, 31 Dec 9999 23:59:59 GMT")
        ] as [(Int64, String)])
    func `a second of the wall clock is written as an IMF-fixdate`(seconds: Int64, text: String) {
        var bytes = [UInt8](repeating: 0, count: HTTPDate.length)
        HTTPDate.write(seconds: seconds, into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
}
