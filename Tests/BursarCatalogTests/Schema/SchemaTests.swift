import BursarModel
import Testing

@testable import BursarCatalog

@Suite struct SchemaTests {
    /// The mismatch of a body against a schema of YAML, `ok` where there is none.
    private func check(_ schema: String, _ body: String, definitions: String = "{}") throws -> String {
        let root = try LocatedReader.yaml(Array("schema: \(schema)\ncomponents: \(definitions)".utf8), file: "s")
        var problems = DefinitionProblems(file: "s")
        var compiler = SchemaCompiler(root: root)
        let index = compiler.compile(try #require(root["schema"]), &problems)
        guard !problems.hasErrors else { return problems.diagnostics.map(\.message).joined(separator: "; ") }
        let value = try JSONReader.read(Array(body.utf8))
        do throws(SchemaMismatch) {
            try SchemaValidator.check(value, against: index, in: compiler.table)
            return "ok"
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("{type: integer}", "1", "ok"), ("{type: integer}", "1.0", "ok"), ("{type: integer}", "1e2", "ok"),
        ("{type: integer}", "1.5", "the body is number where integer is documented"),
        ("{type: integer}", "99999999999999999999999999999999999999999999", "ok"), ("{type: number}", "1", "ok"),
        ("{type: [string, 'null']}", "null", "ok"), ("{type: [string, null]}", "null", "ok"),
        ("{type: string, nullable: true}", "null", "ok"),
        ("{type: string}", "null", "the body is null where string is documented"),
        ("{type: object, required: [a]}", "{}", "a is missing"),
        ("{type: object}", "[]", "the body is array where object is documented"),
        ("{properties: {a: {properties: {b: {type: string}}}}}", #"{"a":{"b":1}}"#, "a.b is number where string is documented"),
        ("{properties: {a: {type: string}}}", #"{"z":1}"#, "ok"),
        ("{properties: {a: {}}, additionalProperties: false}", #"{"zz":1}"#, "the body has a member that is not documented"),
        ("{additionalProperties: {type: number}}", #"{"zz":"x"}"#, "* is string where number is documented"),
        ("{items: {type: number}}", #"[1,"x"]"#, "[1] is string where number is documented"),
        ("{items: {type: number}}", "{}", "ok"),
        ("{enum: [a, 1, null]}", "1.0", "ok"), ("{enum: [a, 1, null]}", #""b""#, "the body is none of the documented values"),
        ("{const: [1, {a: 2, b: x}]}", #"[1.0,{"b":"x","a":2.00}]"#, "ok"),
        ("{const: {a: 1}}", #"{"a":1,"b":2}"#, "the body is none of the documented values"),
        ("{const: [1, 2]}", "[2,1]", "the body is none of the documented values"),
        ("{const: {a: null}}", #"{"b":null}"#, "the body is none of the documented values"),
        ("{const: 0}", "0.00", "ok"), ("{pattern: '^a'}", #""ba""#, "the body does not match the documented pattern"),
        ("{pattern: '^a'}", "5", "ok"), ("{minimum: 0}", "-0.1", "the body is below the documented minimum"),
        ("{maximum: 10}", "10", "ok"), ("{exclusiveMaximum: 10}", "10", "the body is above the documented maximum"),
        ("{minLength: 2}", #""é""#, "the body is shorter than 2"), ("{maxLength: 2}", #""abc""#, "the body is longer than 2"),
        ("{minItems: 1}", "[]", "the body has fewer than 1 elements"),
        ("{maxItems: 1}", "[1,2]", "the body has more than 1 elements"),
        ("{allOf: [{type: object}, {required: [a]}]}", "{}", "a is missing"),
        ("{anyOf: [{type: string}, {type: number}]}", "true", "the body has none of the documented shapes"),
        ("{anyOf: [{type: string}, {type: number}]}", "1", "ok"), ("{oneOf: [{type: integer}, {type: number}]}", "1.5", "ok"),
        ("{oneOf: [{type: integer}, {type: number}]}", "1", "the body has two shapes of which one is documented"),
        ("{not: {type: string}}", #""x""#, "the body has a shape that is documented as none"),
        ("{properties: {a: false}}", #"{"a":1}"#, "a must not be there"), ("true", "1", "ok"), ("{}", "1", "ok"),
        ("{type: nmber}", "1", "unknown type"), ("{pattern: '('}", "1", "malformed pattern: a ( without its )"),
        ("5", "1", "a schema must be a mapping")
    ]) func `each rule is checked, and its words hold nothing of the body`(schema: String, body: String, expected: String) throws
    {
        #expect(try check(schema, body) == expected)
    }

    @Test func `references may go round`() throws {
        let list = "{list: {type: object, properties: {next: {$ref: '#/components/list'}, value: {type: number}}}}"
        #expect(try check("{$ref: '#/components/list'}", #"{"next":{"next":{"value":1}}}"#, definitions: list) == "ok")
        #expect(
            try check("{$ref: '#/components/list'}", #"{"next":{"next":{"value":"x"}}}"#, definitions: list)
                == "next.next.value is string where number is documented")
        #expect(
            try check("{$ref: '#/components/a'}", "1", definitions: "{a: {$ref: '#/components/b'}, b: {$ref: '#/components/a'}}")
                == "the body is too complex to be checked")
    }

    @Test func `shapes within shapes cannot cost more than a bound`() throws {
        let bomb =
            "{a: {anyOf: [{$ref: '#/components/b'}, {$ref: '#/components/b'}]}, "
            + "b: {anyOf: [{properties: {x: {$ref: '#/components/a'}}, required: [y]}, {properties: {x: {$ref: '#/components/a'}}, required: [z]}]}}"
        let body = String(repeating: #"{"x":"#, count: 60) + "1" + String(repeating: "}", count: 60)
        #expect(try check("{$ref: '#/components/a'}", body, definitions: bomb) != "ok")
    }

    @Test func `a body of many long strings is not matched for ever`() throws {
        let body =
            "[" + Array(repeating: "\"" + String(repeating: "a", count: 4_000) + "\"", count: 250).joined(separator: ",") + "]"
        #expect(try check("{items: {pattern: '^(a|b){0,500}'}}", body) == "the body is too complex to be checked")
    }

    @Test func `what is not checked is said`() throws {
        let found = Catalog.problems(definition(schema: "{type: object, minProperties: 1, requierd: [balance]}"))
        #expect(
            found.map(\.description) == [
                "test.yaml:12:63: warning: minProperties is not checked here",
                "test.yaml:12:81: warning: unknown schema keyword \"requierd\"; did you mean required?"
            ])
    }
}
