import BursarBasics
import BursarModel

/// Writes a draft as YAML, with a mark on each line that was guessed. *Value.* Pure.
struct DraftWriter {
    let id: ProviderID
    let source: DraftSource
    let amounts: DraftAmounts
    let privacy: DraftPrivacy
    let today: String
    let hasErrors: Bool
    let usesSchema: Bool

    private static let guessed = "  # guessed"

    /// - Parameter expect: what the examples come to, by name.
    func text(expect: [(name: String, lines: [String])]) -> String {
        var lines = [
            "openapi: 3.1.0", "info: {title: \(quoted(source.title)), version: \"1\"}",
            "servers: [\(server)]" + (source.serverGuess.map { "\(Self.guessed): \($0)" } ?? ""),
            "security: [{key: []}]", "", "x-bursar:", "  id: \(id)"
        ]
        if let title = MappingReader.line(source.title, atMost: 64), !title.isEmpty { lines.append("  title: \(quoted(title))") }
        lines.append("  source: \(quoted(Self.short(source.origin)))")
        lines.append("  read: \(today)")
        lines.append(
            source.isDocumented
                ? "  verified: documentation"
                : "  # verified: {live: YOUR NAME, on: \(today)}, once you have asked the provider with it")
        if !source.query.isEmpty { lines.append("  query: \(quoted(source.query.joined(separator: "&")))\(Self.guessed)") }
        if let success { lines.append("  success: {\(success)}\(Self.guessed)") }
        if let message { lines.append("  message: \(message)") }
        lines += privateLines + amountLines
        if !expect.isEmpty {
            lines.append("  expect:")
            for (name, told) in expect {
                lines.append("    \(quoted(name)): [\(told.map(quoted).joined(separator: ", "))]")
            }
        }
        return (lines + ["", "paths:"] + pathLines + [""] + componentLines).joined(separator: "\n") + "\n"
    }

    private var server: String {
        var object: JSONObject = ["url": .string(source.server)]
        if let variables = source.variables { object["variables"] = variables }
        return json(.object(object))
    }

    private var privateLines: [String] {
        var lines: [String] = []
        let paths = privacy.paths.map(quoted).joined(separator: ", ")
        if !paths.isEmpty { lines.append("  private: [\(paths)]\(Self.guessed)") }
        if !privacy.unnamed.isEmpty {
            lines.append("  # these look private too, and no path can name them: callers of the provider's route see them")
            lines += privacy.unnamed.map { "  #   \(Self.short($0))" }
        }
        return lines
    }

    private var amountLines: [String] {
        let chosen = amounts.chosen
        let unit = chosen.currencyPath.map { "{at: \(quoted($0)), money: true}" } ?? chosen.unit
        let unitMark = chosen.currencyPath == nil ? Self.guessed : ""
        let meaning = chosen.isOfFirstElement ? ", and the first of a list: `each` reads them all" : ""
        var lines = [
            "  amounts:", "    - unit: \(unit)\(unitMark)"
        ]
        if amounts.isList { lines.append("      each: $") }
        lines.append(
            "      \(chosen.kind.rawValue): \(quoted(chosen.path))\(Self.guessed): \(Self.short(chosen.value)) in the example\(meaning)"
        )
        if let scale = chosen.scale { lines.append("      scale: \(scale)\(Self.guessed)") }
        if !amounts.others.isEmpty { lines.append("      # other figures of the answer; take those that are amounts:") }
        for other in amounts.others {
            // `scale` is that of all figures of an element.
            let isElsewhere = other.kind == .available || other.scale != chosen.scale
            let kind = other.kind.rawValue + (isElsewhere ? " (in another element)" : "")
            let scale = other.scale.map { ", scale: \($0)" } ?? ""
            lines.append(
                "      #   \(kind): \(Self.short(other.path))?  is \(Self.short(other.value)), perhaps \(other.unit)\(scale)")
        }
        return lines
    }

    private var pathLines: [String] {
        var lines = [
            "  \(quoted(source.path)):", "    \(source.method == .post ? "post" : "get"):", "      responses:",
            "        \(quoted(source.status)):", "          description: The balance", "          content:",
            "            application/json:", "              schema: \(json(schema))",
            "              example: \(json(privacy.example))"
                + (source.isExampleMade ? "  # made of the schema: put a real answer here" : "")
        ]
        guard hasErrors else { return lines }
        for failure in source.errors {
            let description = MappingReader.line(failure.description, atMost: 120) ?? ""
            lines += [
                "        \(quoted(failure.key)):", "          description: \(quoted(description))", "          content:",
                "            application/json:", "              schema: \(json(DraftSchema.inferred(from: failure.example)))",
                "              example: \(json(failure.example))"
            ]
        }
        return lines
    }

    private var schema: JSONValue {
        let steps = amounts.chosen.steps[...]
        guard usesSchema, let documented = source.schema else {
            return DraftSchema.inferred(from: privacy.example, requiring: steps)
        }
        return DraftSchema.requiring(steps, in: documented)
    }

    private var componentLines: [String] {
        let scheme =
            switch source.scheme {
            case .bearer: "{type: http, scheme: bearer}"
            case .basic: "{type: http, scheme: basic}"
            case .header(let name): "{type: apiKey, in: header, name: \(quoted(name))}"
            }
        return [
            "components:", "  securitySchemes:",
            "    key: \(scheme)"
                + (source.isSchemeGuessed ? Self.guessed + ": how is the key sent, and what stands before it (prefix)?" : "")
        ]
    }

    /// A flag or an error that says at the top of an answer whether it is one.
    private var success: String? {
        for name in ["success", "ok"] where source.example[name] == true { return "\(name): true" }
        if source.example.object?["error"]?.isNull == true { return "\"error?\": null" }
        return nil
    }

    /// The place that has a text in all errors.
    private var message: String? {
        guard hasErrors, !source.errors.isEmpty else { return nil }
        return ["message", "error.message", "detail", "error", "msg", "error_description"].first { text in
            guard let path = try? ValuePath(parsing: text) else { return false }
            return source.errors.allSatisfy { path.value(in: $0.example)?.text != nil }
        }
    }

    private func json(_ value: JSONValue) -> String { String(decoding: JSONWriter.compact(value), as: UTF8.self) }
    private func quoted(_ text: String) -> String { json(.string(text)) }

    /// Of others' text nothing that could end a comment's line.
    private static func short(_ text: String) -> String {
        String(text.unicodeScalars.filter { !LineText.isCommand($0) }.prefix(80).map(Character.init))
    }
}
