import BursarCatalog
import BursarConfiguration
import BursarEngine
import BursarModel
import BursarUpstream

/// Makes the upstream account of a caller's own credential. *Value.*
///
/// It is asked at the same place and on the same terms as the provider's configured account, where there is one: a caller
/// must not be able to send a key anywhere else, and a mock that is configured must answer pass-through as well.
struct PassThrough: Sendable {
    let keys: CredentialKeys
    let defaults: AccountDefaults

    /// In bytes. A shorter key could not be kept out of what is written (``Scrubber/minimumWordLength``). A longer one is none that
    /// any provider gives out, and a scrubber's index of as many as callers like to invent would hold up everybody's log lines.
    static let lengths = Scrubber.minimumWordLength...1_024

    func account(_ definition: ProviderDefinition, _ credential: Secret, beside configured: UpstreamAccount?) -> UpstreamAccount {
        var policy =
            configured?.policy
            ?? RefreshPolicy(
                ttl: max(defaults.ttl, definition.ttl ?? .zero), staleFor: defaults.staleFor, timeout: defaults.timeout,
                budget: definition.callBudget)
        policy.residence = .passThrough
        return UpstreamAccount(
            id: nil, definition: definition, baseURL: configured?.baseURL, secret: credential,
            parameters: configured?.parameters ?? [:], policy: policy, keys: keys)
    }
}

extension ProviderDefinition {
    /// What Bursar may take of the provider's documented limit. Where none is documented, a call a second on average: callers
    /// who say `no-cache` in a loop must not be able to spend a provider's patience for everybody else.
    var callBudget: CallBudget {
        budget.map { CallBudget(calls: $0.calls, window: $0.window) } ?? CallBudget(calls: 60, window: .seconds(60))
    }
}
