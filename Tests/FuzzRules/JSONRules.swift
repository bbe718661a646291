@testable import BursarCatalog

extension FuzzTarget {
    /// An answer of a provider.
    static let json = FuzzTarget(
        "json", home: "BursarCatalogTests", longest: 1_024,
        words: ["null", "true", "false", "\\u", "\\ud83d\\ude00", "\"a\":", "1e9", "-0.", "{\"", "\":", "[[[[", "é", "e\u{301}"],
        seeds: {
            [
                #"{"balance_usd":"12.3400"}"#, #"{"code":200,"data":{"available":950,"frozen":10,"total":960}}"#,
                #"[1,-2.5e10,"\u00e9\ud83d\ude00",{"a":[[[]]]},null,true,false]"#,
                #"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":0,"k":1,"l":2,"m":3,"n":4,"o":5,"p":6,"q":7,"r":8}"#
            ].map { Array($0.utf8) }
        }, checkJSON)
}

/// What was read and written again is the same text, to the last digit; both readers take the same texts.
private func checkJSON(_ bytes: [UInt8]) throws(BrokenRule) {
    let located = (try? LocatedReader.json(bytes, file: "f"))?.json
    guard let value = try? JSONReader.read(bytes) else {
        return try demand(located == nil, "only one of the readers refuses it")
    }
    // Compared as bytes: texts that look alike are equal for Swift.
    let compact = JSONWriter.compact(value)
    func demandSame(_ other: JSONValue?, _ rule: String) throws(BrokenRule) {
        try demand(other == value && other.map(JSONWriter.compact) == compact, rule)
    }
    try demandSame(try? JSONReader.read(compact), "written, it reads differently")
    try demandSame(
        try? JSONReader.read(JSONWriter.pretty(value), limits: JSONLimits(bytes: 1 << 30)), "laid out, it reads differently")
    try demandSame(located, "the two readers differ")
    // The same members among many others: long objects are kept in another way than short ones.
    guard case .object(let object) = value else { return }
    let others = (0..<20).map { JSONObject.Member(key: "other\($0)", value: .null) }
    let names = Set(object.members.map { Array($0.key.utf8) })
    guard !others.contains(where: { names.contains(Array($0.key.utf8)) }) else { return }
    let longer = JSONWriter.compact(.object(JSONObject(unique: object.members + others)))
    guard case .object(let again)? = try? JSONReader.read(longer) else {
        throw BrokenRule(description: "with more members beside them, they are refused")
    }
    for member in object.members {
        try demand(again[member.key] == object[member.key] && again[member.key] == member.value, "another member is found")
    }
}
