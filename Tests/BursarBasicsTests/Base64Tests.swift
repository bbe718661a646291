import BursarBasics
import Testing

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy")
    ])
    func `the examples of RFC 4648`(text: String, encoded: String) {
        #expect(Array(text.utf8).withUnsafeBytes { Base64.encode($0) } == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test(arguments: ["a", "Zm9v=", "Z g=", "Zm-v", "Zg$="])
    func `what is none is refused`(text: String) { #expect(Base64.decode(text) == nil) }
}
