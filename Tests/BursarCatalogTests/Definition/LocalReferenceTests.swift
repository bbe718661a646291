import Testing

@testable import BursarCatalog

/// `$ref` of a response, followed within its file.
@Suite struct LocalReferenceTests {
    private static let response =
        "{description: no, content: {application/json: {schema: {type: object}, example: {code: 7}}}}"

    /// Its 400 is a reference, and `responses` are those of `components`.
    private func problems(_ reference: String, _ responses: String) -> [String] {
        let yaml = definition()
            .replacing("responses:", with: "responses:\n        \"400\": {$ref: \"\(reference)\"}")
            .replacing("components: {", with: "components: {responses: {\(responses)}, ")
        return Catalog.problems(yaml).map(\.description)
    }

    /// `r0` leads to `r1` and so on; the last one is the response.
    private func chain(_ links: Int) -> String {
        let references = (0..<links).map { "r\($0): {$ref: '#/components/responses/r\($0 + 1)'}" }
        return (references + ["r\(links): \(Self.response)"]).joined(separator: ", ")
    }

    // The last step was made and never looked at: a straight way of eight was a circle.
    @Test func `eight references one after the other are followed, and a ninth is not`() {
        #expect(problems("#/components/responses/r0", chain(7)) == [])
        let found = problems("#/components/responses/r0", chain(8))
        #expect(found.count == 1 && found.first?.contains("through more than 8 others") == true, "\(found)")
    }

    @Test func `references that go round are an error`() {
        let ring = "a: {$ref: '#/components/responses/b'}, b: {$ref: '#/components/responses/a'}"
        let found = problems("#/components/responses/a", ring)
        #expect(found.count == 1 && found.first?.contains("$ref goes round in a circle") == true, "\(found)")
    }

    @Test func `a reference names a path with a parameter as a URL does`() {
        #expect(problems("#/components/responses/~1teams~1%7Bid%7D", "'/teams/{id}': \(Self.response)") == [])
    }

    // `#/a~2b` led to `a~b`.
    @Test(arguments: ["a~2b", "a~b~", "a%7"])
    func `a reference that is no JSON Pointer leads nowhere`(name: String) {
        let found = problems("#/components/responses/\(name)", "'a~b': \(Self.response)")
        #expect(found.count == 1 && found.first?.contains("$ref is no JSON Pointer; in a name ~ is") == true, "\(found)")
    }
}
