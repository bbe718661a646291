/// A target takes only so much: then a message has fewer items, and says how many more there are.
extension AlertText {
    /// With as many items as fit, the gravest of them, and at least one.
    func fitting(_ fits: (AlertText) -> Bool) -> AlertText {
        var message = self
        while message.items.count > 1, !fits(message) { message.items.removeLast() }
        return message
    }

    /// One text of at most `most`. An item that is too long by itself is cut; how many more there are is told all the same.
    /// - Parameters:
    ///   - isTitled: false where the title of an only item stands elsewhere.
    ///   - size: what a character counts.
    func text(upTo most: Int, isTitled: Bool = true, counting size: (Character) -> Int) -> String {
        let message = fitting { $0.lines.joined(separator: "\n").total(size) <= most }
        let head = message.told.dropFirst(isTitled || count > 1 ? 0 : 1).joined(separator: "\n")
        let tail = message.untold.map { "\n" + $0 }.joined()
        return head.beginning(upTo: most - tail.total(size), counting: size) + tail
    }
}

extension String {
    fileprivate func total(_ size: (Character) -> Int) -> Int { reduce(0) { $0 + size($1) } }

    /// Of whole characters: half of one is another one, or no text at all.
    fileprivate func beginning(upTo most: Int, counting size: (Character) -> Int) -> String {
        var left = most
        let beginning = prefix { character in
            left -= size(character)
            return left >= 0
        }
        return String(beginning)
    }
}
