/// A credential that stands in a text. *Value;* tells where and how, never what.
package struct SecretSighting: Sendable, Equatable {
    /// The first byte's place, counted from the beginning of all that was searched; where several touch, of the first of them.
    package let offset: Int
    /// The credential's name, as it was given.
    package let name: String
    package let form: SecretForm
}

/// Looks for credentials in a text of any length that comes in pieces, wherever the pieces end. *Value,* used by one.
///
/// The scrubber itself wants a text whole; here a text may be a log of many gigabytes. So what was read is searched in windows
/// that overlap by more than the longest writing of the longest credential, and a sighting counts in the one window in which
/// its beginning has all of its surroundings.
package struct LeakSearch {
    /// A byte becomes 18 when it is written as `\u00XX` and each character of that is percent-encoded.
    private static let mostBytesPerByte = 18
    /// In smaller ones the overlap would be searched more often than the text.
    private static let usualWindow = 1 << 20

    private let window: Int
    private let secrets: [(name: String, secret: Secret)]
    private let scrubber: Scrubber
    /// Each credential's own, in the same order. Made with the first sighting: most searches have none.
    private lazy var ownScrubbers = secrets.map { Scrubber([$0.secret]) }
    /// No writing is longer.
    private let reach: Int
    private var buffer: [UInt8] = []
    /// Where ``buffer`` begins in all that came.
    private var start = 0
    /// Everything that begins before this place was told.
    private var told = 0
    /// How much was searched.
    package var searched: Int { start + buffer.count }

    package init(_ secrets: [(name: String, secret: Secret)]) { self.init(secrets, window: Self.usualWindow) }

    /// - Parameter window: how much is gathered before it is searched; what is found is the same for every one.
    init(_ secrets: [(name: String, secret: Secret)], window: Int) {
        self.secrets = secrets
        self.window = window
        scrubber = Scrubber(secrets.map(\.secret))
        reach = (secrets.map(\.secret.count).max() ?? 0) * Self.mostBytesPerByte + 64
    }

    /// Takes the next piece and says what is certain by now.
    package mutating func feed(_ piece: some Sequence<UInt8>) -> [SecretSighting] {
        buffer.append(contentsOf: piece)
        guard buffer.count >= window + 2 * reach else { return [] }
        let found = sightings(before: searched - reach)
        let kept = 2 * reach
        start += buffer.count - kept
        buffer.removeFirst(buffer.count - kept)
        return found
    }

    /// The rest, when nothing comes any more.
    package mutating func finish() -> [SecretSighting] { sightings(before: searched) }

    private mutating func sightings(before end: Int) -> [SecretSighting] {
        let places = buffer.withUnsafeBytes { scrubber.places(in: $0) }
        var found: [SecretSighting] = []
        for place in places where start + place.lowerBound >= told && start + place.lowerBound < end {
            found += names(of: place).map { SecretSighting(offset: start + place.lowerBound, name: $0, form: $1) }
        }
        told = max(told, end)
        return found
    }

    /// Whose credential it is. A place is rare, so each credential is tried alone.
    private mutating func names(of place: Range<Int>) -> [(String, SecretForm)] {
        // With its neighbours: a short credential counts only where it stands alone.
        let around = max(0, place.lowerBound - 1)..<min(buffer.count, place.upperBound + 1)
        let text = Array(buffer[around])
        return zip(secrets, ownScrubbers).compactMap { credential, scrubber in
            let own = text.withUnsafeBytes { scrubber.places(in: $0) }
            return own.first.map { (credential.name, SecretForm(text[$0], of: credential.secret)) }
        }
    }
}
