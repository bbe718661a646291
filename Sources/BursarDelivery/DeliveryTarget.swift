package import BursarClient
package import BursarModel

/// Where alerts go, and in which form. *Immutable; any thread.*
package struct DeliveryTarget: Sendable {
    package enum Kind: Sendable {
        /// - Parameter keys: what messages are signed with, each of them.
        case webhook(DeliveryAddress, keys: [Secret])
        case alertmanager(DeliveryAddress)
        case slack(DeliveryAddress)
        case ntfy(DeliveryAddress, token: Secret?)
        /// Runs a program with the message on its input. It may take its time, and must not block an event loop.
        case command(@Sendable ([UInt8]) async -> CommandEnd)
    }

    package let name: String
    package let kind: Kind

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    package var takesStates: Bool { if case .alertmanager = kind { true } else { false } }
}

/// How a program ended that was to tell somebody. *Value.*
package enum CommandEnd: Sendable, Equatable {
    case succeeded
    /// It was never run.
    case notStarted
    /// For the log and people: `exit_1`, `timeout`, `killed`.
    case failed(String)
}

/// A URL that is a secret, and what is demanded of the address behind it. *Immutable.*
package struct DeliveryAddress: Sendable {
    let url: Secret
    let reach: OutwardClients.Reach

    package init(url: Secret, reach: OutwardClients.Reach) {
        self.url = url
        self.reach = reach
    }

    /// The one place where it is opened. Nil where it is no URL.
    /// - Parameter path: put behind it.
    func opened(_ path: String = "") -> RequestURL? {
        url.withExposedBytes { bytes in
            var text = String(decoding: bytes, as: UTF8.self)
            if !path.isEmpty, text.hasSuffix("/") { text.removeLast() }
            return RequestURL(text + path)
        }
    }
}
