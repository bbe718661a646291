import BursarBasics
import BursarCatalog
import BursarConfiguration
import BursarHTTP
import BursarModel
import BursarProcess
import BursarStore
import BursarUpstream
import Dispatch
import Logging
import Synchronization

/// Reads the configuration again and puts it in force, or leaves everything as it is. *Own queue:* one reload at a time, and files
/// and commands that answer slowly block nobody else.
///
/// Accounts whose key is the same keep reading, cooldown, budget and connections, because all of those belong to the key and live
/// in the refresher. A request under way ends with the configuration that it began with.
final class Reloader: Sendable {
    private let read: (@Sendable () -> ConfigurationResult)?
    private let process: ProcessParts
    private let current: CurrentConfiguration
    /// What the process started with, whose listeners are bound.
    private let started: Configuration
    private let relay: ChangeRelay
    private let background: BackgroundRefresh
    private let keyFiles: SecretFileWatch
    private let identity: TLSIdentity?
    private let logger: Logger
    private let lifecycle: Lifecycle
    private let queue = DispatchQueue(label: "bursar.reload")
    private let waiting = Mutex(Waiting())
    /// Touched on ``queue`` alone.
    private nonisolated(unsafe) var retired = RetiredSecrets()

    /// Who waits for the next reload. *Value.* Those who ask while another one runs share the one behind it: it reads what is there when
    /// it begins, which is what each of them asked for.
    private struct Waiting {
        var callers: [CheckedContinuation<ReloadOutcome, Never>] = []
        var hasKeyFiles = false
    }

    /// - Parameter read: blocks while it reads files; nil where there is nothing to read again.
    init(
        read: (@Sendable () -> ConfigurationResult)?, process: ProcessParts, current: CurrentConfiguration, relay: ChangeRelay,
        background: BackgroundRefresh, keyFiles: SecretFileWatch,
        identity: TLSIdentity?, logger: Logger, lifecycle: Lifecycle
    ) {
        self.read = read
        self.process = process
        self.current = current
        started = current.value.configuration
        self.relay = relay
        self.background = background
        self.keyFiles = keyFiles
        self.identity = identity
        self.logger = logger
        self.lifecycle = lifecycle
    }

    /// What makes it read again. *Value.*
    private enum Trigger {
        /// A signal or a request; its name is for the log.
        case asked(StaticString)
        /// Nobody asked.
        case keyFile

        var name: StaticString {
            switch self {
            case .asked(let name): name
            case .keyFile: "a key's file"
            }
        }

        var isKeyFile: Bool { if case .keyFile = self { true } else { false } }
    }

    /// Whether there is anything to read again.
    var canRead: Bool { read != nil }

    /// - Parameter trigger: what asked for it, for the log: a signal, a request.
    func reload(_ trigger: StaticString) async -> ReloadOutcome {
        await withCheckedContinuation { continuation in
            let isFirst = waiting.withLock { waiting in
                waiting.callers.append(continuation)
                return waiting.callers.count == 1
            }
            guard isFirst else { return }
            queue.async {
                let callers = self.waiting.withLock { waiting in
                    defer { waiting.callers = [] }
                    return waiting.callers
                }
                let outcome = self.reloadNow(.asked(trigger))
                for caller in callers { caller.resume(returning: outcome) }
            }
        }
    }

    /// For a file that holds a key and was written: reloads where an account's key is another one now. Read once: each of a
    /// configuration's secret commands runs once.
    func reloadForKeys() {
        let isFirst = waiting.withLock { waiting in
            defer { waiting.hasKeyFiles = true }
            return !waiting.hasKeyFiles
        }
        guard isFirst else { return }
        queue.async {
            self.waiting.withLock { $0.hasKeyFiles = false }
            self.reloadForKeysNow()
        }
    }

    private func reloadForKeysNow() {
        guard let read, !isDraining else { return }
        let result = read()
        guard result.configuration.map({ $0.hasOtherKeys(than: current.value.configuration) }) ?? true else {
            if process.reloads.keyFileIsRight() {
                logger.notice(
                    "configuration: the keys in force stand in their files again",
                    metadata: ["trigger": "\(Trigger.keyFile.name)"])
            }
            return
        }
        lifecycle.tell(.reloading)
        defer { lifecycle.tell(.ready) }
        // Nobody asked for this one: the configuration may be half saved.
        if let configuration = result.configuration, configuration.clients.isEmpty, !current.value.configuration.clients.isEmpty {
            _ = refused(
                ["a key's file was replaced, but the configuration has no clients any more; SIGHUP puts that in force"],
                .keyFile)
            return
        }
        _ = apply(result, .keyFile)
    }

    private func reloadNow(_ trigger: Trigger) -> ReloadOutcome {
        guard let read else { return .nothingToRead }
        guard !isDraining else { return .stopping }
        lifecycle.tell(.reloading)
        defer { lifecycle.tell(.ready) }
        return apply(read(), trigger)
    }

    /// While draining, there is nothing left to be configured.
    private var isDraining: Bool { process.readiness.state == .draining }

    private func apply(_ result: ConfigurationResult, _ trigger: Trigger) -> ReloadOutcome {
        guard let configuration = result.configuration else {
            return refused(result.diagnostics.filter { $0.severity == .error }.map(\.description), trigger)
        }
        // Reading takes as long as files and commands do.
        guard !isDraining else { return .stopping }
        if let obstacle = configuration.obstacle(afterStartWith: started) { return refused([obstacle], trigger) }
        // A renewed certificate is part of it. Files that cannot be used are a reason to refuse, like any other mistake.
        if let identity, identity.settings == configuration.tls, identity.filesChanged {
            do throws(TLSError) { try identity.reload() } catch { return refused(["\(error)"], trigger) }
        }
        return .applied(putInForce(configuration, trigger))
    }

    private func putInForce(_ configuration: Configuration, _ trigger: Trigger) -> ReloadReport {
        let old = current.value
        // Calls under way still carry the old keys, and the way out is still that of the start.
        retired.retire(old.configuration, for: configuration, now: process.refresher.now)
        process.scrubber.configure(configuration.secrets + started.upstreamSecrets + retired.secrets)
        let new = ActiveConfiguration(configuration, process: process)
        relay.shows(with: new, process.streams)
        // Before the first request of the new one, or what that brings in would leave no mark.
        let gone = process.store?.name(new.directory, refresher: process.refresher)
        let redefined = configuration.definitions(otherThanIn: old.configuration)
        if !redefined.isEmpty {
            let ids = Set(redefined.map(\.id))
            let concerned = new.directory.entries.filter { ids.contains($0.id.provider) }
            process.refresher.redefine(redefined, keys: Set(concerned.map(\.upstream.key)))
        }
        _ = current.replace(with: new)
        process.streams.follow(new)
        process.alerts.follow(configuration, new.directory)
        background.follow(new.directory)
        keyFiles.follow(configuration.secretFiles)
        // More accounts are more calls at once.
        if configuration.accounts.count > old.configuration.accounts.count {
            let descriptors = DescriptorLimit.raise(
                connections: started.limits.connections, accounts: configuration.accounts.count)
            if let warning = descriptors.warning { logger.warning("\(warning)") }
        }
        process.refresher.forget(exceptFor: Set(new.directory.entries.map(\.upstream.key)))
        if let gone { process.store?.forgot(gone) }
        let report = ReloadReport(from: old, to: new, startedWith: started)
        process.reloads.applied(at: process.refresher.now.wall)
        logger.notice(
            "configuration reloaded",
            metadata: [
                "trigger": "\(trigger.name)", "accounts": "\(report.accounts)", "added": "\(report.added.count)",
                "removed": "\(report.removed.count)", "changed": "\(report.changed.count)"
            ])
        if configuration.clients.isEmpty, !old.configuration.clients.isEmpty {
            logger.warning("no clients are configured any more: everyone who reaches a listener may read all balances")
        }
        if !report.needsRestart.isEmpty {
            logger.warning(
                "some settings are looked at by a start only",
                metadata: ["settings": "\(report.needsRestart.joined(separator: " "))"]
            )
        }
        return report
    }

    private func refused(_ problems: [String], _ trigger: Trigger) -> ReloadOutcome {
        process.reloads.refused(at: process.refresher.now.wall, problems, ofKeyFile: trigger.isKeyFile)
        logger.error(
            "configuration not reloaded, the old one stays",
            metadata: ["trigger": "\(trigger.name)", "problems": "\(problems.count)"])
        for problem in problems.prefix(Self.loggedProblems) { logger.error("configuration", metadata: ["problem": "\(problem)"]) }
        return .refused(problems)
    }

    /// A file that is no configuration at all has an error a line; the answer to `bursar reload` has more of them.
    private static let loggedProblems = 20
}
