import BursarModel

/// Whether what is read as a key can be kept out of everything that leaves the process.
extension ConfigurationParser {
    /// Tries each key in each encoding against the scrubber that the gateway will have. Keys of fewer than eight characters have
    /// gaps by design, and a warning; any other gap is a defect of the program, and it does not start with one.
    mutating func checkCoverage(of accounts: [AccountConfiguration]) {
        let secrets = accounts.flatMap { account in [account.secret, account.password].compactMap(\.self).map { (account, $0) } }
        var told: Set<AccountID> = []
        for gap in Scrubber(secrets.map(\.1)).selfCheck() {
            let (account, secret) = secrets[gap.index]
            guard secret.count >= SecretResolver.fewBytes, told.insert(account.id).inserted else { continue }
            problems.error(
                account.secretReference.place,
                "this key would not be found in what leaves the process (self-check, \(gap.writing.rawValue)); please report this"
            )
        }
    }
}
