import BursarModel
import Testing

@testable import BursarCatalog

/// Whoever writes a definition learns what is wrong with it, where, and what was probably meant.
@Suite struct DefinitionDiagnosticsTests {
    private func first(_ yaml: String) -> String { Catalog.problems(yaml).first?.description ?? "none" }

    private func mapping(_ text: String) -> String { first(definition(mapping: text)) }

    @Test(arguments: [
        ("amounts: [{uint: credits, available: balance}]", #"16:14: error: unknown key "uint" in amounts[]; did you mean unit?"#),
        (
            "amounts: [{unit: credits, avialable: balance}]",
            #"error: unknown key "avialable" in amounts[]; did you mean available?"#
        ),
        ("amounts: [{unit: credits, balance: balance}]", "did you mean available?"),
        ("amount: [{unit: credits, available: balance}]", #"unknown key "amount" in x-bursar; did you mean amounts?"#),
        ("amounts: [{unit: credits, available: balance}]\n  scale: 10", "it belongs to amounts[]"),
        ("amounts: [{unit: credits, available: balance}]\n  frobnicate: 10", "known are id, title"),
        ("amounts: [{available: balance}]", "an amount needs a unit"),
        ("amounts: [{unit: credits}]", "an amount needs at least one of"),
        ("amounts: []", "amounts is a list of 1 to 32"), ("amounts: 5", "amounts is a list"),
        ("amounts: [5]", "amounts[] must be a mapping"),
        ("title: x", "x-bursar needs amounts"), ("amounts: [{unit: 'a b', available: balance}]", "a unit is USD"),
        ("amounts: [{unit: credits, available: balance balance}]", "a + or - is missing between two paths"),
        ("amounts: [{unit: credits, available: balance +}]", "a path is missing"),
        ("amounts: [{unit: credits, available: 'a[].b'}]", "needs sum(…) around it, or `each`"),
        ("amounts: [{unit: credits, available: 'sum(a.b)'}]", "sum(…) needs a path with []"),
        ("amounts: [{unit: credits, available: 'a b.c * 2'}]", "a + or - is missing"),
        ("amounts: [{unit: credits, available: a+b}]", "between two paths stands ` + ` or ` - `"),
        ("amounts: [{unit: credits, available: 'a..b'}]", "a path is names joined with dots"),
        ("amounts: [{unit: credits, available: [balance, {a: b}]}]", "an amount is a path"),
        ("amounts: [{unit: credits, scale: -3, available: balance}]", "scale is a factor above 0"),
        (
            "amounts: [{unit: credits, words: {null: zero}, available: balance}]",
            "a word means unlimited, unknown, depleted, none"
        ),
        ("amounts: [{unit: credits, words: {null: unlimted}, available: balance}]", "did you mean unlimited?"),
        ("amounts: [{unit: {form: x}, available: balance}]", #"unknown key "form" in amounts[].unit"#),
        ("limit: 120/m\n  amounts: [{unit: credits, available: balance}]", "limit is the documented one, such as 120 per 1m"),
        (
            "statuses: {4000: unauthorized}\n  amounts: [{unit: credits, available: balance}]",
            "a status is a number from 300 to 599"
        ),
        ("statuses: {400: unauthorised}\n  amounts: [{unit: credits, available: balance}]", "did you mean unauthorized?"),
        ("success: [code]\n  amounts: [{unit: credits, available: balance}]", "success is a mapping of paths"),
        ("codes: {map: {1: forbidden}}\n  amounts: [{unit: credits, available: balance}]", "codes needs the path of the code"),
        ("headers: {Host: x}\n  amounts: [{unit: credits, available: balance}]", "not a header that a definition may set"),
        ("headers: {x-a: \"a\\nb\"}\n  amounts: [{unit: credits, available: balance}]", "a header's value is printable ASCII"),
        ("headers: {authorization: x}\n  amounts: [{unit: credits, available: balance}]", "a header that carries the key"),
        ("query: '?a=b'\n  amounts: [{unit: credits, available: balance}]", "query is the text behind the question mark"),
        ("prefix: 'Token '\n  amounts: [{unit: credits, available: balance}]", "prefix goes with security of type apiKey"),
        ("documentation: 'javascript:x'\n  amounts: [{unit: credits, available: balance}]", "documentation is the https://"),
        ("title: \"a\\u202Eb\"\n  amounts: [{unit: credits, available: balance}]", "title is a text of one line"),
        ("title: \"a\\u2028b\"\n  amounts: [{unit: credits, available: balance}]", "title is a text of one line"),
        ("title: \"a\\u200Fb\"\n  amounts: [{unit: credits, available: balance}]", "title is a text of one line"),
        ("environment: my-key\n  amounts: [{unit: credits, available: balance}]", "environment names variables of A-Z"),
        ("path: /blance\n  amounts: [{unit: credits, available: balance}]", "did you mean /balance?"),
        ("amounts: [{unit: credits, available: blance}]", "this example is not read as a balance: blance is missing")
    ]) func `a mistake in the mapping is told`(text: String, expected: String) {
        let found = mapping(text)
        #expect(found.contains(expected), "\(found)")
        #expect(found.hasPrefix("test.yaml:"), "\(found)")
    }

    @Test(arguments: [
        ("", "a definition is an OpenAPI document"), ("openapi: 3.1.0", "the document has no x-bursar"),
        ("openapi: 3.1.0\nx-burser: {}", "test.yaml:2:1: error: the document has no x-bursar"),
        ("[1]", "a definition is an OpenAPI document"),
        ("a: [", "not valid YAML"), (definition(security: "{type: oauth2}"), "security is of type apiKey"),
        (definition(security: "{type: apiKey, in: query, name: key}"), "an apiKey is sent in a header"),
        (definition(security: "{type: apiKey, in: header, name: Host}"), "host cannot carry a key"),
        (definition(server: "http://api.example.com"), "plain http is for 127.0.0.1"),
        (definition(server: "https://user:pw@api.example.com"), "the server must be https://host"),
        (definition(server: "https://api.example.com/{region}"), "braces stand in the host only"),
        (definition(server: "https://api.example.com?x=1"), "the server must be https://host"),
        (definition(server: "https://api.example.com:99999"), "the server must be https://host"),
        (definition(path: "balance"), "a path begins with /"), (definition(path: "/a/../b"), "a path is segments"),
        (definition(path: "/a b"), "a path is segments"), (definition(path: "/{a}/{a}"), "different names in braces"),
        (definition(path: "/x{a}"), "a path is segments"),
        (definition(example: "{balance: [1]}"), "this example is not read as a balance"),
        (definition(schema: "{type: string}"), "this example is not read as a balance: the body is object"),
        (definition(schema: "{$ref: '#/components/schemas/B'}"), "$ref leads nowhere"),
        (definition(schema: "{$ref: 'other.yaml#/B'}"), "$ref must begin with #/"),
        (definition().replacing("openapi: 3.1.0", with: "swagger: '2.0'"), "openapi: is missing"),
        (definition().replacing("openapi: 3.1.0", with: "openapi: 2.0"), "openapi must be 3.0 or 3.1"),
        (definition().replacing("get:", with: "put:"), "no path has a get or a post"),
        (definition().replacing("\"200\"", with: "\"2000\""), "a response's key is a status"),
        (definition().replacing("\"200\"", with: "\"400\""), "no 2xx response has a JSON schema"),
        (definition().replacing("id: example", with: "id: My Provider"), "an id is 1 to 32 of a-z"),
        (definition().replacing("security: [{key: []}]", with: "security: []"), "no security is documented"),
        (definition().replacing("security: [{key: []}]", with: "security: [{kye: []}]"), "did you mean key?"),
        (definition().replacing(", example: {balance: 12.5}", with: ""), "no 2xx response has an example")
    ]) func `a mistake in the document is told`(yaml: String, expected: String) {
        let found = Catalog.problems(yaml).map(\.description)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    private func regions(_ count: Int) -> String {
        let values = (0..<count).map { "v\($0)" }.joined(separator: ", ")
        let variables = ["a", "b", "c"].map { "\($0): {enum: [\($0 == "c" ? "x" : values)]}" }.joined(separator: ", ")
        return definition(server: "https://{a}.{b}.{c}.example").replacing(
            ".example\"}]", with: ".example\", variables: {\(variables)}}]")
    }

    @Test func `a server of more hosts than anybody documents is told, and each host of fewer is known`() throws {
        #expect(first(regions(40)).hasSuffix("error: the server's variables stand for more than 1000 hosts"))
        #expect(first(regions(40)).hasPrefix("test.yaml:3:"))
        let server = try Catalog.single(regions(30)).server
        #expect(server.isDocumented("https://v29.v29.x.example") && !server.isDocumented("https://v29.v30.x.example"))
    }

    // What could not be read as a list was taken for none, and without one any host will do.
    @Test(arguments: [
        ("us", 89), ("null", 89), ("{us: eu}", 89), ("[]", 89), ("[null]", 90), ("[us, [eu]]", 94)
    ])
    func `an enum of a server's variable that is no list of texts is told, and opens no host`(
        written: String, column: Int
    ) throws {
        func regional(_ values: String) -> String {
            definition(server: "https://{region}.example.com").replacing(
                ".com\"}]", with: ".com\", variables: {region: {default: us, enum: \(values)}}}]")
        }
        #expect(
            Catalog.problems(regional(written)).map(\.description) == [
                "test.yaml:3:\(column): error: the enum of \"region\" is a list of texts, with one at least"
            ])
        #expect(try Catalog.single(regional("[us, eu]")).origin(parameters: ["region": "evil"]) == nil)
    }

    @Test(arguments: [
        ("us", 69, "the variable \"region\" is a mapping, such as {default: us, enum: [us, eu]}"),
        ("{default: [us], enum: [us]}", 79, "the default of \"region\" is a text"),
        ("{default: null, enum: [us]}", 79, "the default of \"region\" is a text")
    ])
    func `a server's variable of another form is told, and opens no host`(written: String, column: Int, expected: String) throws {
        let yaml = definition(server: "https://{region}.example.com").replacing(
            ".com\"}]", with: ".com\", variables: {region: \(written)}}]")
        #expect(Catalog.problems(yaml).map(\.description) == ["test.yaml:3:\(column): error: \(expected)"])
    }

    @Test(arguments: [
        ("{at: currency, names: {yuan: cny}}", "cny is a unit of its own"),
        ("{at: currency, known: [XYZ]}", "XYZ is no currency"),
        ("{parameter: region, names: {cn: cny, ai: USD}}", "cny is a unit of its own"),
        ("{parameter: region, names: {cn: CNY}, known: [GBP]}", "known does not go with parameter"),
        ("{parameter: region, names: {cn: CNY}, money: true}", "money does not go with parameter"),
        ("{at: currency, parameter: region, names: {cn: CNY}}", "at does not go with parameter")
    ])
    func `each unit of several is judged as one that stands alone`(unit: String, expected: String) {
        let yaml = definition(
            mapping: "amounts: [{unit: \(unit), available: balance}]",
            schema: "{type: object, properties: {currency: {type: string}, balance: {type: number}}}",
            example: "{balance: 12.5, currency: yuan}")
        let found = Catalog.problems(yaml).map(\.description)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test(arguments: [
        "sk-live-abc123", "sk-live-5Kq9ZtR2xW8vN4mB7cJ3", "key_live_0a1b2c3d", "0123456789abcdef", "hf_abcdefghij"
    ])
    func `B8: a key that was pasted as a name is told by its place and never quoted`(key: String) {
        for yaml in [
            definition(mapping: "'\(key)': x\n  amounts: [{unit: credits, available: balance}]"),
            definition(mapping: "amounts: [{unit: credits, available: balance, '\(key)': x}]"),
            definition(mapping: "amounts: [{unit: credits, available: balance}]\n  codes: {at: code, '\(key)': x}"),
            definition(mapping: "amounts: [{unit: credits, available: balance}]\n  expect: {'\(key)': x}")
        ] {
            let problems = Catalog.problems(yaml)
            #expect(!problems.isEmpty, "\(yaml)")
            for problem in problems { #expect(!problem.description.contains(key), "\(problem)") }
        }
    }

    // E, bug 5: what no example has would never be found, and nobody would know.
    @Test(arguments: [
        ("low: is_lwo", "no example has a boolean at low: is_lwo"),
        ("as_of: updated_ta", "no example has an as_of that can be read as a time"),
        ("codes: {at: cdoe, map: {7: depleted}}", "no example has a code at cdoe"),
        ("message: mesage", "this example has no text at message")
    ])
    func `E: a path that is misspelt is told for low, as_of, codes and message, too`(line: String, expected: String) {
        let example = "{balance: 12.5, is_low: false, updated_at: '2026-11-20T22:56:00Z', code: 0, message: fine}"
        let failing = """
            responses:
                    "400":
                      description: no
                      content: {application/json: {schema: {type: object}, example: {code: 7, message: used up}}}
            """
        func found(_ line: String) -> [String] {
            let yaml = definition(
                mapping: "amounts: [{unit: credits, available: balance}]\n  \(line)", example: example)
            return Catalog.problems(yaml.replacing("responses:", with: failing)).map(\.description)
        }
        #expect(found(line).contains { $0.contains(expected) }, "\(found(line))")
        let right = line.replacing("is_lwo", with: "is_low").replacing("updated_ta", with: "updated_at").replacing(
            "cdoe", with: "code"
        ).replacing("mesage", with: "message")
        #expect(!found(right).contains { $0.contains(expected) }, "\(found(right))")
    }

    @Test func `all mistakes are told at once, from top to bottom`() {
        let found = Catalog.problems(
            definition(
                mapping: "amounts: [{uint: credits, available: 'a b'}]\n  statuses: {1: x}\n  colour: red", server: "ftp://x"))
        #expect(found.count >= 5)
        #expect(found == found.sorted())
    }

    @Test func `an id that is taken is refused with both places`() throws {
        let file = { (name: String, id: String) in
            DefinitionFile(path: name, bytes: Array(definition().replacing("id: example", with: "id: \(id)").utf8))
        }
        do throws(CatalogDiagnostics) {
            _ = try Catalog.empty.adding([file("a.yaml", "x"), file("b.yaml", "x")])
            Issue.record("a duplicate was taken")
        } catch {
            #expect(
                error.diagnostics.map(\.description) == [
                    "b.yaml:15:7: error: the id x is taken: a.yaml defines it, too; give it another x-bursar.id"
                ])
        }
    }

    @Test func `a definition may be JSON`() throws {
        let json = JSONWriter.pretty(try LocatedReader.yaml(Array(definition().utf8), file: "d").json)
        let catalog = try Catalog.empty.adding([DefinitionFile(path: "d.json", bytes: json)])
        #expect(catalog.definitions.first?.amounts(#"{"balance":1.10}"#) == ["available 1.10 credits"])
    }

    @Test func `a name that could command a terminal is not suggested`() {
        let yaml = definition(schema: "{$ref: \"#/components/schemas/S\"}").replacing("components:", with: "\"componen\\ts\":")
        let problems = Catalog.problems(yaml)
        #expect(!problems.isEmpty)
        for problem in problems {
            #expect(problem.description.utf8.allSatisfy { $0 >= 0x20 }, "\(problem.description.debugDescription)")
        }
    }
}
