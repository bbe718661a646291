/// The members of a JSON object in their order. *Value.* No key stands twice.
///
/// An array and not a dictionary: bodies are written again in the order they came in, and the few lookups a mapping makes are
/// faster in a short array than a hash.
package struct JSONObject: Sendable, Hashable {
    /// *Value.*
    package struct Member: Sendable, Hashable {
        package let key: String
        package var value: JSONValue

        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    package private(set) var members: [Member]

    /// Of a key that stands twice the last value counts; the reader has refused such before.
    package init(_ members: [Member]) {
        self.members = []
        self.members.reserveCapacity(members.count)
        for member in members { self[member.key] = member.value }
    }

    /// For the reader, which knows that no key stands twice.
    init(unique members: [Member]) { self.members = members }

    package init() { members = [] }

    package subscript(key: String) -> JSONValue? {
        get { members.first { $0.key.isSameKey(as: key) }?.value }
        set {
            let index = members.firstIndex { $0.key.isSameKey(as: key) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension String {
    /// Byte for byte: Swift takes texts for equal that only look alike, such as `é` in one scalar and in two.
    func isSameKey(as other: String) -> Bool { self == other && utf8.elementsEqual(other.utf8) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { Member(key: $0.0, value: $0.1) })
    }
}
