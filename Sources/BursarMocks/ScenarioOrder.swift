internal import BursarCatalog

/// What a `PUT /_mock/{provider}` asks for. *Value.*
struct ScenarioOrder: Equatable {
    /// Why a body is no order, in words for whoever wrote it.
    enum Failure: Error, Equatable {
        case unknownScenario(String)
        case malformed(String)
    }

    var scenario: MockScenario
    /// How many calls it answers; nil for all.
    var times: Int?

    /// Reads `{"scenario": "429", "times": 2}`, or a name alone. Which of the two it is, the first byte says and not the
    /// Content-Type: `curl -d` sends that of a form whatever it is given.
    static func read(_ body: [UInt8]) throws(Failure) -> ScenarioOrder {
        let text = trimmed(body)
        if text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[") { return try json(body) }
        return ScenarioOrder(scenario: try scenario(String(decoding: text, as: UTF8.self)))
    }

    private static func json(_ body: [UInt8]) throws(Failure) -> ScenarioOrder {
        let value: JSONValue
        do throws(JSONError) {
            // An order is a line of text: 4 KiB and a depth of 2 are plenty.
            value = try JSONReader.read(body, limits: JSONLimits(bytes: 4_096, depth: 2))
        } catch {
            throw .malformed("The body is no JSON: \(error).")
        }
        guard let members = value.object?.members else { throw .malformed("The JSON is no object.") }
        for member in members where member.key != "scenario" && member.key != "times" {
            throw .malformed("Only `scenario` and `times` mean something here.")
        }
        guard let name = value["scenario"]?.text else { throw .malformed("`scenario` must be a string.") }
        var order = ScenarioOrder(scenario: try scenario(name))
        switch value["times"] {
        case nil, .null?: break
        case let times?:
            guard let count = times.integer, count >= 1 else {
                throw .malformed("`times` must be a whole number from 1, or left out.")
            }
            order.times = count
        }
        return order
    }

    private static func scenario(_ name: String) throws(Failure) -> MockScenario {
        guard let scenario = MockScenario(name) else {
            throw .unknownScenario(String(name.prefix(MockScenario.longestName)))
        }
        return scenario
    }

    private static func trimmed(_ body: [UInt8]) -> ArraySlice<UInt8> {
        let start = body.drop { $0 <= 0x20 }
        return start.prefix(upTo: (start.lastIndex { $0 > 0x20 } ?? start.startIndex - 1) + 1)
    }
}
