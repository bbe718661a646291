import BursarBasics
import BursarCatalog
import BursarConfiguration
package import BursarModel
import BursarUpstream

/// What a reload came to. *Value.* Safe to show: no credential is in it.
package enum ReloadOutcome: Sendable, Equatable {
    /// Another configuration is in force.
    case applied(ReloadReport)
    /// It is wrong, so nothing changed; every problem with its place, as `bursar check` prints them.
    case refused([String])
    /// This gateway was started without anything that could be read again: the demo.
    case nothingToRead
    /// A stop was asked for: nothing is put in force any more.
    case stopping
}

/// How the configuration in force differs from the one before. *Value.*
package struct ReloadReport: Sendable, Equatable {
    package var accounts = 0
    package var added: [AccountID] = []
    package var removed: [AccountID] = []
    /// The same name, with another key, other settings or another definition of its provider. Another key begins without a reading and
    /// without penalties; another definition without a reading.
    package var changed: [AccountID] = []
    /// Settings that differ and are only looked at by a start, as `docs/configuration.md` names them.
    package var needsRestart: [String] = []

    package init() {}
}

extension ReloadReport {
    /// - Parameter started: what the process started with: a setting that only a start looks at is still that one's.
    init(from old: ActiveConfiguration, to new: ActiveConfiguration, startedWith started: Configuration) {
        accounts = new.directory.entries.count
        let before = Dictionary(old.directory.entries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Set(new.directory.entries.map(\.id))
        let redefined = Set(new.configuration.definitions(otherThanIn: old.configuration).map(\.id))
        for entry in new.directory.entries {
            guard let known = before[entry.id] else {
                added.append(entry.id)
                continue
            }
            if !known.isAsked(like: entry) || redefined.contains(entry.id.provider) { changed.append(entry.id) }
        }
        removed = old.directory.entries.map(\.id).filter { !after.contains($0) }
        needsRestart = new.configuration.settingsThatNeedRestart(after: started)
    }
}

extension AccountEntry {
    /// Whether nothing differs that an operator wrote.
    fileprivate func isAsked(like other: AccountEntry) -> Bool {
        upstream.key == other.upstream.key && upstream.policy == other.upstream.policy && low == other.low
            && refresh == other.refresh
    }
}

extension Configuration {
    /// The definitions that `old` has otherwise under the same id, or not at all: one that went and came back may be another.
    func definitions(otherThanIn old: Configuration) -> [ProviderDefinition] {
        // The built-in ones do not change while the process runs; one may be replaced by an operator's, and come back.
        let own = Set(catalog.addedIDs).union(old.catalog.addedIDs)
        return catalog.ids.filter(own.contains).compactMap { id in
            guard let now = catalog[id], now.openAPI != old.catalog[id]?.openAPI else { return nil }
            return now
        }
    }

    /// Why this may not be put in force in a process whose listeners are those of `started`; nil: it may. Its own listeners were judged
    /// when it was read, but they are bound by a start only: until then the old ones answer, to whomever reaches them.
    func obstacle(afterStartWith started: Configuration) -> String? {
        if case .file(let path) = started.origin, origin == .environment {
            return "\(path) was in force and is not there any more. Put it back, or restart to serve without it."
        }
        if isBlank, !started.isBlank, case .file(let path) = origin {
            return "\(path) says nothing any more: half saved, or emptied. Write what it is to say, or restart to serve so."
        }
        guard clients.isEmpty, !allowAnonymous else { return nil }
        let open = (started.listen + started.inherited.map(\.address)).first { !$0.isLocalOnly }
        return open.map {
            "\($0) still listens and can be reached from elsewhere, and without clients anyone who does could read every balance. "
                + "Restart to stop listening there, keep clients, or write allow_anonymous: true where that is meant."
        }
    }

    /// What listens, and how, is decided once: a listener that comes or goes while others serve is a restart's business, which
    /// loses no request either (`drain`).
    func settingsThatNeedRestart(after old: Configuration) -> [String] {
        var names: [String] = []
        if listeners != old.listeners { names.append("listen") }
        if tls != old.tls { names.append("tls") }
        if proxies.trusted != old.proxies.trusted { names.append("trusted_proxies") }
        if proxies.proxyProtocol != old.proxies.proxyProtocol { names.append("proxy_protocol") }
        if limits != old.limits { names.append("limits") }
        if store != old.store { names.append("store") }
        if upstream != old.upstream { names.append("upstream") }
        if log.level != old.log.level { names.append("log.level") }
        if log.format != old.log.format { names.append("log.format") }
        return names
    }
}
