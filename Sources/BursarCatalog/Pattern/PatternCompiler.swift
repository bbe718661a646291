/// Turns a pattern's text into the program that ``Pattern`` walks. *Value,* used once.
struct PatternCompiler {
    /// Repetitions are written out, so this bounds `(a{99}){99}`.
    private static let longestProgram = 4_000
    private static let deepestGroup = 32
    /// In characters. No pattern of an amount, a date or a code is as long.
    private static let longestText = 1_000
    /// In `{m,n}`. An empty group makes no program, however often it is repeated, so its length does not bound the loop.
    private static let mostRepetitions = 1_000

    private typealias Instruction = Pattern.Instruction
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    static func program(of text: String) throws(PatternError) -> [Pattern.Instruction] {
        var compiler = PatternCompiler(scalars: Array(text.unicodeScalars))
        guard compiler.scalars.count <= longestText else { throw .tooLarge }
        let program = try compiler.alternatives()
        guard compiler.position == compiler.scalars.count else { throw .malformed("a ) without its (") }
        return program + [.match]
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    // Pieces are position-independent: jumps in them count from the piece's own beginning, and `moved` shifts them.

    private mutating func alternatives() throws(PatternError) -> [Instruction] {
        var piece = try sequence()
        while take("|") {
            let other = try sequence()
            let left = piece
            piece = [.split(1, left.count + 2)] + moved(left, by: 1)
            piece.append(.jump(left.count + 2 + other.count))
            piece += moved(other, by: left.count + 2)
            try check(piece)
        }
        return piece
    }

    private mutating func sequence() throws(PatternError) -> [Instruction] {
        var sequence: [Instruction] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            let piece = try repeated(try atom())
            sequence += moved(piece, by: sequence.count)
            try check(sequence)
        }
        return sequence
    }

    private mutating func atom() throws(PatternError) -> [Instruction] {
        guard let scalar = current else { throw .malformed("it ends too early") }
        position += 1
        switch scalar {
        case "^", "$":
            // As ECMA has it. A group around it may be repeated.
            if let scalar = quantifierAhead { throw Self.malformed("nothing to repeat", at: scalar) }
            return [scalar == "^" ? .start : .end]
        case ".": return [.take(.any)]
        case "(": return try group()
        case "[": return [.take(try characterClass())]
        case "\\": return [.take(try escaped())]
        case "*", "+", "?", "{": throw Self.malformed("nothing to repeat", at: scalar)
        default: return [.take(.one(scalar))]
        }
    }

    private mutating func group() throws(PatternError) -> [Instruction] {
        if take("?") {
            guard take(":") else { throw .unsupported("(?…) other than (?:…)") }
        }
        depth += 1
        guard depth <= Self.deepestGroup else { throw .tooLarge }
        let piece = try alternatives()
        guard take(")") else { throw .malformed("a ( without its )") }
        depth -= 1
        return piece
    }

    // MARK: - Repetition

    private mutating func repeated(_ piece: [Instruction]) throws(PatternError) -> [Instruction] {
        guard let (least, most) = try quantifier() else { return piece }
        _ = take("?")  // lazy or greedy: the same text matches
        if let scalar = quantifierAhead { throw Self.malformed("two repetitions in a row", at: scalar) }
        var result: [Instruction] = []
        for _ in 0..<least {
            result += moved(piece, by: result.count)
            try check(result)
        }
        guard let most else {
            // a*: split to the piece or behind it, and back
            let start = result.count
            result.append(.split(start + 1, start + piece.count + 2))
            result += moved(piece, by: start + 1)
            result.append(.jump(start))
            try check(result)
            return result
        }
        for _ in least..<max(least, most) {
            result.append(.split(result.count + 1, result.count + 1 + piece.count))
            result += moved(piece, by: result.count)
            try check(result)
        }
        return result
    }

    /// The character with which a repetition begins, where one comes next.
    private var quantifierAhead: Unicode.Scalar? { current.flatMap { "*+?{".unicodeScalars.contains($0) ? $0 : nil } }

    /// A brace is often meant as the character.
    private static func malformed(_ what: String, at scalar: Unicode.Scalar) -> PatternError {
        .malformed(scalar == "{" ? what + #"; the character { is written \{"# : what)
    }

    private mutating func quantifier() throws(PatternError) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        guard let least = number() else { throw Self.malformed("a { without a number", at: "{") }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else { throw Self.malformed("a { without its }", at: "{") }
        guard least <= Self.mostRepetitions, most ?? 0 <= Self.mostRepetitions else { throw .tooLarge }
        if let most, most < least { throw .malformed("{m,n} with n below m") }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = current, (0x30...0x39).contains(scalar.value) {
            value = min(9_999, (value ?? 0) * 10 + Int(scalar.value - 0x30))
            position += 1
        }
        return value
    }

    private func check(_ piece: [Instruction]) throws(PatternError) {
        guard piece.count <= Self.longestProgram else { throw .tooLarge }
    }

    private func moved(_ piece: [Instruction], by distance: Int) -> [Instruction] {
        piece.map { instruction in
            switch instruction {
            case .split(let left, let right): .split(left + distance, right + distance)
            case .jump(let target): .jump(target + distance)
            default: instruction
            }
        }
    }

    // MARK: - Characters

    private mutating func escaped() throws(PatternError) -> Pattern.CharacterSet {
        guard let scalar = current else { throw .malformed("it ends with a backslash") }
        position += 1
        switch scalar {
        case "d": return .init(ranges: Pattern.CharacterSet.digits)
        case "D": return .init(ranges: Pattern.CharacterSet.digits, isInverted: true)
        case "w": return .init(ranges: Pattern.CharacterSet.word)
        case "W": return .init(ranges: Pattern.CharacterSet.word, isInverted: true)
        case "s": return .init(ranges: Pattern.CharacterSet.space)
        case "S": return .init(ranges: Pattern.CharacterSet.space, isInverted: true)
        case "t": return .one("\t")
        case "n": return .one("\n")
        case "r": return .one("\r")
        case "f": return .one("\u{C}")
        case "v": return .one("\u{B}")
        case let scalar where scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value):
            throw .unsupported("\\\(scalar)")
        default: return .one(scalar)
        }
    }

    private mutating func characterClass() throws(PatternError) -> Pattern.CharacterSet {
        var set = Pattern.CharacterSet(ranges: [], isInverted: take("^"))
        while !take("]") {
            let first = try classMember()
            guard first.count == 1, first[0].count == 1, current == "-", position + 1 < scalars.count,
                scalars[position + 1] != "]"
            else {
                set.ranges += first
                continue
            }
            position += 1
            let last = try classMember()
            guard last.count == 1, last[0].count == 1 else { throw .malformed("a range ends in a class") }
            guard first[0].lowerBound <= last[0].lowerBound else { throw .malformed("a range that runs backwards") }
            set.ranges.append(first[0].lowerBound...last[0].lowerBound)
        }
        return set
    }

    private mutating func classMember() throws(PatternError) -> [ClosedRange<UInt32>] {
        guard let scalar = current else { throw .malformed("a [ without its ]") }
        position += 1
        guard scalar == "\\" else { return [scalar.value...scalar.value] }
        let set = try escaped()
        guard !set.isInverted else { throw .unsupported("\\D, \\W or \\S within […]") }
        return set.ranges
    }
}
