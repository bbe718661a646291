import BursarInsight
import BursarModel

/// A message in words, whatever form it takes. *Value.*
struct AlertText: Sendable {
    struct Item: Sendable {
        let event: AlertEvent
        let words: AlertWords
    }

    /// So many are told in full where they fit; what comes beyond is a number.
    static let mostItems = 20

    let at: WallTime
    /// The gravest first, then the oldest.
    var items: [Item]
    /// Of all.
    let count: Int

    init(_ dispatch: AlertDispatch, context: (AccountID) -> AlertWords.Context?, now: WallTime) {
        var events: [AlertEvent] = []
        if case .events(let all) = dispatch.content { events = all }
        let sorted = events.enumerated().sorted { ($0.element.kind.rank, $0.offset) < ($1.element.kind.rank, $1.offset) }
        items = sorted.prefix(Self.mostItems).map { _, event in
            Item(event: event, words: AlertWords(event, (event.key?.account).flatMap(context), now: now))
        }
        count = events.count
        at = now
    }

    /// How many there are beside the items.
    var more: Int { count - items.count }

    var kind: AlertEvent.Kind { items.first?.event.kind ?? .test }

    /// One line.
    var title: String {
        guard let first = items.first else { return "Bursar" }
        return count == 1 ? first.words.title : "\(first.words.title), and \(count - 1) more"
    }

    /// All of it.
    var lines: [String] { told + untold }

    /// The items, in lines.
    var told: [String] { Array(items.map(\.words.lines).joined(separator: [""])) }

    /// That there are more; empty where there are none.
    var untold: [String] { more > 0 ? ["", "And \(more) more: `bursar alert list` has them all."] : [] }
}

extension AlertEvent.Kind {
    /// The gravest first.
    var rank: Int {
        switch self {
        case .keyRejected: 0
        case .low: 1
        case .runwayShort: 2
        case .unknown: 3
        case .recovered: 4
        case .known: 5
        case .toppedUp: 6
        case .test: 7
        }
    }
}
