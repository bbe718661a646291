/// An example body that one place is changed in, every other byte kept. *Value.*
struct ExampleText {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Puts `number` where a number or a string with one stands, in the same textual kind. Nil where `path` leads nowhere.
    func replacingNumber(at path: [JSONStep], by number: String) -> ExampleText? {
        guard let place = JSONPlace(path, in: bytes) else { return nil }
        let isString = bytes[place.value.lowerBound] == UInt8(ascii: "\"")
        return replacing(place.value, by: isString ? JSONText.string(number) : number)
    }

    /// Puts JSON text in place of whatever stands there.
    func replacing(at path: [JSONStep], by json: String) -> ExampleText? {
        JSONPlace(path, in: bytes).map { replacing($0.value, by: json) }
    }

    /// Turns `true` to `false` and the other way round. Nil where something else stands there.
    func turningFlag(at path: [JSONStep]) -> ExampleText? {
        guard let place = JSONPlace(path, in: bytes) else { return nil }
        switch bytes[place.value] {
        case let text where text.elementsEqual("false".utf8): return replacing(place.value, by: "true")
        case let text where text.elementsEqual("true".utf8): return replacing(place.value, by: "false")
        default: return nil
        }
    }

    /// The member that holds the place once more, before it, with another number. Where no object is on the way, or the place
    /// is in an array, nil.
    func duplicatingMember(at path: [JSONStep], number: String) -> ExampleText? {
        guard let place = JSONPlace(path, in: bytes), let member = place.member else { return nil }
        let isString = bytes[place.value.lowerBound] == UInt8(ascii: "\"")
        let key = bytes[member.lowerBound..<place.value.lowerBound]
        let value = Array((isString ? JSONText.string(number) : number).utf8)
        var copy = self
        copy.bytes.insert(contentsOf: key + value + [UInt8(ascii: ",")], at: member.lowerBound)
        return copy
    }

    /// A first member at the root object; nil where the root is none.
    func insertingMember(_ name: String, value: String) -> ExampleText? {
        guard let root = JSONPlace([], in: bytes)?.value, bytes[root.lowerBound] == UInt8(ascii: "{") else { return nil }
        let rest = bytes[(root.lowerBound + 1)..<root.upperBound]
        let isEmpty = rest.first { $0 > 0x20 } == UInt8(ascii: "}")
        var copy = self
        let member = "\(JSONText.string(name)):\(value)" + (isEmpty ? "" : ",")
        copy.bytes.insert(contentsOf: Array(member.utf8), at: root.lowerBound + 1)
        return copy
    }

    private func replacing(_ range: Range<Int>, by json: String) -> ExampleText {
        var copy = self
        copy.bytes.replaceSubrange(range, with: Array(json.utf8))
        return copy
    }
}
