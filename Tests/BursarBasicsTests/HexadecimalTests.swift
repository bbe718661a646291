import BursarBasics
import Testing

@Suite struct HexadecimalTests {
    @Test(
        arguments: [
            (0, "0000000000000000"), (0xA, "000000000000000a"), (0x0123_4567_89AB_CDEF, "0123456789abcdef"),
            (UInt64.max, "ffffffffffffffff")
        ] as [(UInt64, String)])
    func `an id of 64 bits always has sixteen digits`(value: UInt64, text: String) { #expect(value.hexText == text) }
}
