import BursarModel

/// Is anything wrong, and what is to do? What `bursar status` says of a gateway. *Value.* Pure: it is made of the gateway's answers.
///
/// It knows nothing that they do not say. Its texts are as they came: ``text`` makes them harmless.
package struct NeedReport: Sendable {
    /// One thing that needs somebody. *Value.*
    struct Need: Sendable, Equatable {
        enum About: Sendable, Equatable {
            case account(AccountID)
            case gateway
            case target(String)
        }

        /// `need` in the JSON.
        enum Kind: String, Sendable {
            case unavailable, empty, low
            case runsOut = "runs_out"
            case alert
            case notReady = "not_ready"
            case reloadRefused = "reload_refused"
            case store, target
        }

        let about: About
        let kind: Kind
        let words: String
        /// The conditions of the rules that fire.
        var alerts: [String] = []
        /// What to run; nil where no command helps.
        var command: String?
        /// Where to top up; nil where that is not what helps, or nobody knows where.
        var link: String?

        /// Whether more credit would end it.
        var wantsCredit: Bool {
            switch kind {
            case .empty, .low, .runsOut: true
            case .alert: alerts.contains { $0.hasPrefix("below ") || $0.hasPrefix("runway ") }
            case .unavailable, .notReady, .reloadRefused, .store, .target: false
            }
        }
    }

    let generatedAt: WallTime
    var needs: [Need]
    let accounts: Int
    /// How many show an old reading, and how many none because nobody has asked: none of these needs anybody.
    let stale: Int
    let unread: Int
    /// Of those that need nobody, the one that ends first.
    let firstToEnd: (id: AccountID, words: String)?

    /// Nothing needs anybody.
    package var isWell: Bool { needs.isEmpty }

    /// Whether it would be better with ``add(links:)``.
    package var wantsLinks: Bool { needs.contains { $0.wantsCredit } }

    var accountsInNeed: Int { needs.count { if case .account = $0.about { true } else { false } } }
}
