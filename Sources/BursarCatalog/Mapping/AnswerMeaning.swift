package import BursarModel

/// What a code, a status or a broken success rule means. *Value.*
package enum AnswerMeaning: Sendable, Hashable {
    case failure(ProblemCode)
    /// Nothing is left: an answer, and no failure.
    case depleted
    /// There is nothing to tell, as for an account without a plan: an answer, too.
    case none

    /// What a definition may write. Other problem codes are about there being no answer.
    static let all: [AnswerMeaning] = [
        .failure(.unauthorized), .failure(.forbidden), .failure(.rateLimited), .failure(.upstreamError), .depleted, .none
    ]

    package var name: String {
        switch self {
        case .failure(let code): code.rawValue
        case .depleted: "depleted"
        case .none: "none"
        }
    }
}

/// Texts and numbers that a body may say, by what they mean. *Value.* A number is found by its value, however it is written; a text only
/// as it is.
struct TokenTable<Meaning: Sendable>: Sendable {
    private var byText: [String: Meaning] = [:]
    private var byNumber: [String: Meaning] = [:]

    init() {}

    var isEmpty: Bool { byText.isEmpty }

    mutating func insert(_ token: String, _ meaning: Meaning) {
        byText[token] = meaning
        if let number = ExactDecimal(token) { byNumber[number.shortest.description] = meaning }
    }

    subscript(text text: String) -> Meaning? { byText[text] }

    /// - Parameter text: of JSON's number grammar.
    subscript(number text: String) -> Meaning? {
        byText[text] ?? ExactDecimal(text).flatMap { byNumber[$0.shortest.description] }
    }

    /// What a body may write as a text for this meaning: the first in the order of texts, one that looks like a number only where
    /// there is no other.
    func text(meaning: Meaning) -> String? where Meaning: Equatable {
        let tokens = tokens(meaning)
        return tokens.filter { !LocatedNode.isNumber($0) }.min() ?? tokens.min()
    }

    /// What it may write as a number: of JSON's number grammar, which knows no `007` and no `.5`.
    func number(meaning: Meaning) -> String? where Meaning: Equatable {
        tokens(meaning).filter { LocatedNode.isNumber($0) }.min()
    }

    private func tokens(_ meaning: Meaning) -> [String] where Meaning: Equatable {
        byText.compactMap { $0.value == meaning ? $0.key : nil }
    }

    /// For a scalar; nil for lists and mappings, and for what is not listed.
    subscript(value: JSONValue) -> Meaning? {
        switch value {
        case .null: self[text: "null"]
        case .bool(let flag): self[text: flag ? "true" : "false"]
        case .number(let text): self[number: text]
        case .string(let text): self[text: text]
        case .array, .object: nil
        }
    }
}
