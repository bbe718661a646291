/// The members of a JSON object, in the order in which they came. *Value.* No key stands twice.
///
/// An array and not a dictionary: a body is written again in the order it came in, and a mapping looks up only a few keys, which a
/// short array does faster than a hash table.
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

    /// Where a key stands twice, the last value counts. Only our own code can bring that: ``JSONReader`` refuses such a body.
    package init(_ members: [Member]) {
        var keys = UniqueKeys()
        guard !members.allSatisfy({ keys.insert($0.key) }) else {
            self.members = members
            return
        }
        self.members = []
        var places: [[UInt8]: Int] = [:]
        for member in members {
            let key = Array(member.key.utf8)
            if let place = places[key] {
                self.members[place].value = member.value
            } else {
                places[key] = self.members.count
                self.members.append(member)
            }
        }
    }

    /// For whoever knows that no key stands twice.
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

extension JSONObject {
    /// Finds members by key. *Value.* Many keys in a long list go by hash, or a hostile body would cost keys × members.
    struct Lookup {
        /// Keys × members from which on a table is made.
        private static let mostComparisons = 4_096

        private let object: JSONObject
        private let places: [[UInt8]: Int]?

        /// - Parameter keys: how many will be looked for.
        init(_ object: JSONObject, keys: Int) {
            self.object = object
            places =
                keys * object.members.count < Self.mostComparisons
                ? nil
                : Dictionary(
                    object.members.indices.map { (Array(object.members[$0].key.utf8), $0) },
                    uniquingKeysWith: { first, _ in first })
        }

        subscript(key: String) -> JSONValue? {
            guard let places else { return object[key] }
            return places[Array(key.utf8)].map { object.members[$0].value }
        }
    }
}

extension String {
    /// Compares the bytes. `==` alone also holds for texts that only look alike, such as `é` written as one scalar and as two. It
    /// comes first: for ASCII it is one memcmp, and most keys differ.
    func isSameKey(as other: String) -> Bool { self == other && utf8.elementsEqual(other.utf8) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { Member(key: $0.0, value: $0.1) })
    }
}
