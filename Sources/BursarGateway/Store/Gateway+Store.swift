import BursarCatalog
package import BursarConfiguration
import BursarEngine
import BursarModel
package import BursarStore
package import BursarUpstream
package import Logging
import NIOPosix

/// Where the store and the gateway meet.
extension Gateway {
    /// Opens the configured store; nil where nothing is kept. Before the gateway is made: digests are keyed with the store's secret.
    /// Never fails; a store that cannot be used is told, and tried again.
    package static func openStore(
        _ configuration: Configuration, logger: Logger, clock: (any UpstreamClock)? = nil,
        pace: StoreKeeper.Pace = StoreKeeper.Pace()
    ) async -> StoreKeeper? {
        let clock = clock ?? SystemClock(eventLoopGroup: CallLoop.group)
        switch configuration.store {
        case .sqlite(let path):
            // In every line of the store: what is wrong with it is of no use without the file that is meant.
            var logger = logger
            logger[metadataKey: "path"] = "\(path)"
            return await StoreKeeper.open(
                SQLiteStore(path: path) { clock.now.wall }, logger: logger, pace: pace, now: { clock.now })
        case .memory(.chosen):
            return nil
        case .memory(.noFolder):
            logger.notice(
                "store: none of STATE_DIRECTORY, XDG_STATE_HOME and HOME says where state belongs; nothing is kept on disk")
            return nil
        }
    }
}

extension StoreKeeper {
    /// Restores what was kept of the directory's accounts, and keeps it from here on. Before the listeners.
    func begin(_ directory: AccountDirectory, refresher: Refresher, logger: Logger) {
        // Asked before: from there on it is tried again.
        let isUsable = status.fault == nil
        let restored = begin(directory.credentials, machine: Machine(refresher, directory))
        // Of a store that failed, nothing restored is no news, and would read as if it worked after all.
        guard isUsable || restored > 0 else { return }
        logger.info("store: restored", metadata: ["credentials": "\(restored)"])
    }

    /// The directory takes the place of the one before. See ``name(_:machine:)``.
    func name(_ directory: AccountDirectory, refresher: Refresher) -> [CredentialKey: AccountID] {
        name(directory.credentials, machine: Machine(refresher, directory))
    }
}

extension StoreKeeper.Machine {
    /// The refresher's machine, for the accounts of a directory.
    fileprivate init(_ refresher: Refresher, _ directory: AccountDirectory) {
        let accounts = Dictionary(
            directory.entries.map { ($0.upstream.key, $0.upstream) }, uniquingKeysWith: { first, _ in first })
        self.init(
            snapshot: { refresher.snapshot($0) },
            restore: { stored in
                guard let account = accounts[stored.key] else { return }
                _ = refresher.restore(
                    account,
                    stored.snapshot.judged(
                        by: account.definition, ReadingContext(parameters: account.parameters, now: refresher.now.wall)))
            })
    }
}

extension AccountDirectory {
    /// What a store is told of the configuration: credentials by digest, and whose they are.
    var credentials: [(key: CredentialKey, account: AccountID)] { entries.map { ($0.upstream.key, $0.id) } }
}
