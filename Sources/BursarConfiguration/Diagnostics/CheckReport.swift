import BursarBasics
import BursarCatalog
import BursarModel

/// What `bursar check` says: every problem, what the audit found, and what `serve` would do. *Value.* It has no credential in it.
package struct CheckReport: Sendable {
    package let result: ConfigurationResult

    package init(_ result: ConfigurationResult) { self.result = result }

    package var exitCode: Int32 { result.exitCode }

    package var text: String {
        var lines = result.diagnostics.map(\.description) + result.findings.map(\.line)
        if !lines.isEmpty { lines.append("") }
        if let configuration = result.configuration {
            lines += Self.summary(of: configuration)
            lines.append("")
        }
        lines.append(verdict)
        let text = lines.joined(separator: "\n") + "\n"
        // A key may have been pasted into a name or a path. Without a configuration there are diagnostics alone, which quote none.
        return result.configuration.map { Scrubber($0.secrets).scrub(text) } ?? text
    }

    private var verdict: String {
        let errors = result.errorCount
        let warnings = result.diagnostics.count { $0.severity == .warning } + result.findings.count { $0.rule.severity > .note }
        guard errors == 0 else {
            return "\(Self.counted(errors, "error")), \(Self.counted(warnings, "warning")): serve would not start"
        }
        return warnings == 0 ? "ok" : "ok, with \(Self.counted(warnings, "warning"))"
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

// MARK: - The summary

extension CheckReport {
    private static func summary(of configuration: Configuration) -> [String] {
        var lines: [String] = []
        switch configuration.origin {
        case .file(let path): lines.append("configuration  \(path)")
        case .environment: lines.append("configuration  the environment alone")
        }
        let listeners =
            configuration.listeners.map { ($0.address, $0.usesTLS ? "TLS, " : "") }
            + configuration.inherited.map { ($0.address, "passed by systemd, ") }
        for (index, (address, kind)) in listeners.enumerated() {
            let openness = configuration.clients.isEmpty ? "open to everyone" : "clients only"
            let reach = address.isLocalOnly ? "this machine only" : "reachable from elsewhere, \(openness)"
            lines.append((index == 0 ? "listens at     " : "               ") + "\(address) (\(kind)\(reach))")
        }
        lines += definitions(of: configuration)
        lines.append("pass-through   " + (configuration.passthrough ? "on" : "off"))
        lines.append("store          " + configuration.store.title)
        if let refresh = refreshCost(of: configuration) { lines.append("refresh        " + refresh) }
        if let runways = runwayCost(of: configuration) { lines.append("runways        " + runways) }
        lines += alerts(of: configuration)
        lines.append("clients        " + (configuration.clients.isEmpty ? "none" : "\(configuration.clients.count)"))
        // scripts/run looks for this one.
        lines.append("accounts       " + (configuration.accounts.isEmpty ? "none" : "\(configuration.accounts.count)"))
        return lines + table(of: configuration.accounts)
    }

    /// Those in use and those of the operator's own files by name, the others by number.
    private static func definitions(of configuration: Configuration) -> [String] {
        var ids: [ProviderID] = []
        for id in configuration.accounts.map(\.id.provider) + configuration.catalog.addedIDs where !ids.contains(id) {
            ids.append(id)
        }
        let others = configuration.catalog.ids.count - ids.count
        let names = ids.map(\.name) + (others > 0 ? [ids.isEmpty ? "\(others) built in" : "and \(others) more built in"] : [])
        var lines = ["definitions    " + names.joined(separator: ", ")]
        let unseen = ids.filter { configuration.catalog[$0].map { $0.provenance.certainty != .live } ?? false }
        if !unseen.isEmpty {
            lines.append(
                "not seen live  " + unseen.map(\.name).joined(separator: ", "))
        }
        return lines
    }

    /// How often these are asked at most, all together, where they are kept fresh: `288 calls a day`. It is a bound, so each is
    /// rounded up.
    private static func callsADay(_ accounts: [AccountConfiguration]) -> String {
        let day = WallTime.day
        let calls: Int = accounts.reduce(0) { sum, account in
            let interval = max(1, (account.refresh?.interval ?? RefreshConfiguration.forRunways).milliseconds)
            return sum + Int((day + interval - 1) / interval)
        }
        return counted(calls, "call") + " a day"
    }

    /// What it costs that accounts are kept fresh although nobody asks; nil where none is.
    private static func refreshCost(of configuration: Configuration) -> String? {
        let always = configuration.accounts.filter { $0.refresh.map { $0.whileAskedWithin == nil } ?? false }
        guard !always.isEmpty else { return nil }
        return "\(counted(always.count, "account")) \(always.count == 1 ? "is" : "are") kept fresh whether anybody asks or not: "
            + "at most \(callsADay(always)) for all"
    }

    /// Calls a day, if the runway of every account is asked for; nil where no history is kept.
    private static func runwayCost(of configuration: Configuration) -> String? {
        guard configuration.store.isKept, !configuration.accounts.isEmpty else { return nil }
        return "accounts whose runway is asked for are kept fresh: at most \(callsADay(configuration.accounts)) for all"
    }

    /// Who is told, of how much, and what it costs that somebody is.
    private static func alerts(of configuration: Configuration) -> [String] {
        guard !configuration.targets.isEmpty else { return [] }
        let told = configuration.accounts.filter { !$0.alerts.isEmpty }
        let rules = told.reduce(0) { $0 + $1.alerts.count }
        return [
            "targets        " + configuration.targets.map { "\($0.name) (\($0.word), \($0.shown))" }.joined(separator: ", "),
            "alerts         \(counted(rules, "rule")) on \(counted(told.count, "account")), "
                + "which \(told.count == 1 ? "is" : "are") kept fresh: at most \(callsADay(told)) for all"
        ]
    }

    /// The host is where the key goes, and is told. The path may be anything.
    private static func shown(_ baseURL: String) -> String {
        let start = baseURL.firstRange(of: "://")?.upperBound ?? baseURL.startIndex
        let end = baseURL[start...].firstIndex(of: "/") ?? baseURL.endIndex
        return baseURL[..<end] + ShowableText.path(baseURL[end...])
    }

    private static func table(of accounts: [AccountConfiguration]) -> [String] {
        guard !accounts.isEmpty else { return [] }
        let rows =
            [["ACCOUNT", "TTL", "STALE FOR", "TIMEOUT", "LOW", "BASE URL", "KEY FROM"]]
            + accounts.map { account in
                [
                    "\(account.id)", DurationText.format(account.ttl), DurationText.format(account.staleFor),
                    DurationText.format(account.timeout), account.low.map { "\($0)" } ?? "-", shown(account.baseURL),
                    account.secretReference.source.title
                ]
            }
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { $0.padded(to: $1) }
            var line = "  " + padded.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}

extension SecretReference.Source {
    /// Where a key comes from, without anything that could be one.
    package var title: String {
        switch self {
        case .environment(let name): ShowableText.allows(name) ? "${env:\(name)}" : "${env:…}"
        case .file(let path): "${file:\(ShowableText.path(path))}"
        case .credential(let name): ShowableText.allows(name) ? "${credential:\(name)}" : "${credential:…}"
        case .command(let command):
            // Its arguments may be anything.
            command.words.first.map { ShowableText.allowsPath($0) ? "${exec:\($0)…}" : "${exec:…}" } ?? "${exec:…}"
        case .literal: "the configuration itself"
        }
    }
}

extension AuditFinding {
    /// `bursar.yaml:4:10: warning: … [BUR001]`.
    package var line: String { "\(place): \(rule.severity.rawValue): \(message) [\(rule.rawValue)]" }
}
