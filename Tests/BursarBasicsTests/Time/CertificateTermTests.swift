import BursarBasics
import Testing

@Suite struct CertificateTermTests {
    private static let day = 86_400

    @Test(arguments: [
        (90, 0, CertificateTerm.long), (90, 75, .long), (90, 77, .ending), (90, 90, .ending), (90, 91, .over),
        // Of some days, made anew every few of them.
        (6, 3, .long), (6, 5, .ending), (6, 7, .over)
    ])
    func `two weeks before its end, or in its last third, it is ending`(days: Int, age: Int, term: CertificateTerm) {
        #expect(CertificateTerm(from: 1_000, to: 1_000 + days * Self.day, now: 1_000 + age * Self.day) == term)
    }

    @Test func `one that ends before it begins is over`() {
        #expect(CertificateTerm(from: 1_000, to: 0, now: 1_000) == .over)
    }
}
