/// A regular expression of a schema, matched in time that grows with pattern × text and never explodes. *Value.*
///
/// Swift's and Foundation's matchers backtrack: `^(a+)+$` against a hostile body would hold a thread for years. This one walks
/// all ways at once (Thompson). It knows the part of ECMA 262 that schemas of balances use: literals, `.`, classes, `\d \w \s`
/// and their opposites, groups, `|`, `* + ? {m,n}`, `^` and `$`. Back-references and look-around are refused when it is made.
struct Pattern: Sendable, Hashable {
    /// Longer texts do not match: no amount, date or code has four thousand characters.
    static let longestText = 4_096

    let text: String
    private let program: [Instruction]

    enum Instruction: Sendable, Hashable {
        /// Takes one character.
        case take(CharacterSet)
        /// Goes both ways.
        case split(Int, Int)
        case jump(Int)
        /// Only at the text's beginning, only at its end.
        case start
        case end
        case match
    }

    init(_ text: String) throws(PatternError) {
        self.text = text
        program = try PatternCompiler.program(of: text)
    }

    /// What a character of text costs at most.
    var size: Int { program.count }

    /// Whether the pattern is found anywhere in `text`, as JSON Schema has it.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars.prefix(Self.longestText + 1))
        guard scalars.count <= Self.longestText else { return false }
        var states = StateSet(count: program.count)
        var next = StateSet(count: program.count)
        for index in 0...scalars.count {
            // A match may begin anywhere, so the first instruction is among the ways at every place.
            if follow(0, into: &states, isStart: index == 0, isEnd: index == scalars.count) { return true }
            guard index < scalars.count else { break }
            next.removeAll()
            for state in states.members {
                guard case .take(let set) = program[state], set.contains(scalars[index]) else { continue }
                if follow(state + 1, into: &next, isStart: false, isEnd: index + 1 == scalars.count) { return true }
            }
            swap(&states, &next)
        }
        return false
    }

    /// Adds all states that are reached without taking a character. True where the pattern's end is one of them.
    private func follow(_ first: Int, into states: inout StateSet, isStart: Bool, isEnd: Bool) -> Bool {
        var open = [first]
        while let state = open.popLast() {
            guard states.insert(state) else { continue }
            switch program[state] {
            case .take: break
            case .split(let left, let right): open += [right, left]
            case .jump(let target): open.append(target)
            case .start: if isStart { open.append(state + 1) }
            case .end: if isEnd { open.append(state + 1) }
            case .match: return true
            }
        }
        return false
    }

    /// Which instructions are being followed. *Value.*
    private struct StateSet {
        private var isMember: [Bool]
        private(set) var members: [Int] = []

        init(count: Int) { isMember = Array(repeating: false, count: count) }

        mutating func insert(_ state: Int) -> Bool {
            guard !isMember[state] else { return false }
            isMember[state] = true
            members.append(state)
            return true
        }

        mutating func removeAll() {
            for member in members { isMember[member] = false }
            members.removeAll(keepingCapacity: true)
        }
    }
}

extension Pattern {
    /// Some characters, or all but some. *Value.*
    struct CharacterSet: Sendable, Hashable {
        var ranges: [ClosedRange<UInt32>]
        var isInverted = false

        func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar.value) } != isInverted }

        static func one(_ scalar: Unicode.Scalar) -> CharacterSet { CharacterSet(ranges: [scalar.value...scalar.value]) }

        static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
        static let word: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
        static let space: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x2028...0x2029, 0xFEFF...0xFEFF]
        /// `.` takes everything but line ends.
        static let any = CharacterSet(ranges: [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029], isInverted: true)
    }
}

/// Why a pattern is refused. *Value.*
enum PatternError: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    case unsupported(String)
    case tooLarge

    var description: String {
        switch self {
        case .malformed(let what): "malformed pattern: \(what)"
        case .unsupported(let what): "\(what) is not supported in patterns here"
        case .tooLarge: "the pattern is too large"
        }
    }
}
