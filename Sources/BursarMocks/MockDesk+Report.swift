/// What `GET /_mock` tells: counts, what is set, and what exists. Keys appear as fingerprints only.
extension MockDesk {
    var report: String {
        let forms = MockScenario.all.map { form in
            JSONText.object([
                ("name", JSONText.string(form.name)), ("example_key", JSONText.string("mock-" + form.sample)),
                ("about", JSONText.string(form.about))
            ])
        }
        return JSONText.object([
            ("schema", JSONText.string("bursar.mock.v1")),
            ("providers", JSONText.array(shelf.all.map { report(of: $0) })),
            ("scenarios", JSONText.array(forms))
        ])
    }

    func report(of provider: MockProvider) -> String {
        let record = ledger.providers[provider.name] ?? MockLedger.ProviderRecord()
        let keys = record.keys.sorted { $0.key < $1.key }.map { fingerprint, key in
            let scenarios = key.scenarios.sorted { $0.key < $1.key }.map { (name: $0.key, value: "\($0.value)") }
            return JSONText.object([
                ("fingerprint", JSONText.string(fingerprint)), ("calls", "\(key.calls)"),
                ("scenarios", JSONText.object(scenarios))
            ])
        }
        let second = provider.auth.secondHeaderName.map { " and \($0): <secret>" } ?? ""
        return JSONText.object([
            ("provider", JSONText.string(provider.name)),
            ("path", JSONText.string("/\(provider.name)\(provider.path)")),
            ("auth", JSONText.string("\(provider.auth.headerName): \(provider.auth.prefix)<key>\(second)")),
            ("scenario", JSONText.string(orNull: record.scenario?.description)),
            ("times_left", JSONText.number(orNull: record.timesLeft)),
            ("applies_to", JSONText.string("keys that do not begin with mock-")),
            ("calls", "\(record.calls)"),
            ("unauthenticated", "\(record.unauthenticated)"),
            ("redirects_followed", "\(record.redirectsFollowed)"),
            ("keys", JSONText.array(keys))
        ])
    }
}
