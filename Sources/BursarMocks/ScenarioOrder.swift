internal import BursarModel

/// What a `PUT /_mock/{provider}` asks for. *Value.*
struct ScenarioOrder: Equatable {
    enum Failure: Error, Equatable {
        case unknownScenario(String)
        case malformed(String)
    }

    var scenario: MockScenario
    var times: Int?

    static func read(_ body: [UInt8]) -> Result<ScenarioOrder, Failure> {
        let text = String(decoding: body.filter { $0 > 0x20 }, as: UTF8.self)
        guard let scenario = MockScenario(text) else { return .failure(.unknownScenario(text)) }
        return .success(ScenarioOrder(scenario: scenario))
    }
}
