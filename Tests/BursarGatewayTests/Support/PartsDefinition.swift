import TestSupport

/// A provider that nobody has, with two parts of one unit, of which the first is the row's own as it comes and goes.
enum PartsDefinition {
    /// Writes it into the folder.
    /// - Returns: the line of a configuration that brings it; accounts are of `acme`.
    static func setting(in folder: ScratchFolder) throws -> String {
        let part =
            "{type: object, required: [limit, usage], properties: {limit: {type: [number, 'null']}, usage: {type: number}}}"
        let yaml = AcmeDefinition.yaml(
            schema: "{type: object, required: [plan, pack], properties: {plan: \(part), pack: \(part)}}",
            example: "{plan: {limit: 1000, usage: 700}, pack: {limit: null, usage: 0}}",
            mapping: "limit: 10 per 10m, ttl: 10m, amounts: [\(amounts("plan")), \(amounts("pack"))]")
        return "providers: ['\(try folder.write(yaml, to: "acme.yaml"))']"
    }

    private static func amounts(_ part: String) -> String {
        "{unit: credits, part: \(part), available: '\(part).limit? - \(part).usage', used: \(part).usage, limit: '\(part).limit?'}"
    }

    /// An answer of it.
    /// - Parameters:
    ///   - plan: its limit, a number or `null`.
    ///   - pack: the same.
    static func answer(plan: String, used: Int = 0, pack: String) -> String {
        #"{"plan":{"limit":\#(plan),"usage":\#(used)},"pack":{"limit":\#(pack),"usage":0}}"#
    }
}
