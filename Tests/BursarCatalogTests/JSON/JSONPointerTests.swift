import Testing

@testable import BursarCatalog

/// RFC 6901, with its own examples (sections 5 and 6).
@Suite struct JSONPointerTests {
    @Test(
        arguments: [
            ("/foo", ["foo"]), ("/", [""]), ("/a~1b", ["a/b"]), ("/c%d", ["c%d"]), ("/m~0n", ["m~n"]), ("/ ", [" "]),
            ("/a/b", ["a", "b"]), ("/a//b", ["a", "", "b"]), ("/~01", ["~1"]), ("/~0~1~0", ["~/~"]), ("/é/余额", ["é", "余额"])
        ] as [(String, [String])])
    func `a pointer is its names`(pointer: String, names: [String]) {
        #expect(JSONPointer.names(pointer) == names)
    }

    // `~2` was read as `~`, and a `~` at the end as nothing: `/a~2b` led to `a~b`.
    @Test(arguments: ["/a~2b", "/a~", "/~", "/~/b", "/a~~0", "a", ""])
    func `a tilde is followed by 0 or 1, and a pointer begins with a slash`(pointer: String) {
        #expect(JSONPointer.names(pointer) == nil)
        #expect(JSONPointer.names(ofReference: "#" + pointer) == nil)
        if pointer.hasPrefix("/") { #expect(throws: ValuePath.Refusal.self) { try ValuePath(parsing: pointer) } }
    }

    @Test func `a way into a body has the names of its pointer`() throws {
        #expect(try ValuePath(parsing: "/data/a~1b.c~0d%7B").steps == [.key("data"), .key("a/b.c~d%7B")])
    }

    // Only ~0 and ~1 were read, so that a path with a parameter could not be named as OpenAPI has it.
    @Test(
        arguments: [
            ("#/paths/~1teams~1%7Bid%7D/get", ["paths", "/teams/{id}", "get"]), ("#/c%25d", ["c%d"]), ("#/%20", [" "]),
            ("#/k%22l", ["k\"l"]), ("#/a%7E1b", ["a/b"]), ("#/{id}", ["{id}"]), ("#/%C3%A9", ["é"])
        ] as [(String, [String])])
    func `a reference is percent-encoded`(reference: String, names: [String]) {
        #expect(JSONPointer.names(ofReference: reference) == names)
    }

    @Test(arguments: ["#/100%", "#/%7", "#/%zz", "#/%FF", "#", "/a", "other.yaml#/a"])
    func `what is no reference of one's own document has no names`(reference: String) {
        #expect(JSONPointer.names(ofReference: reference) == nil)
    }
}
