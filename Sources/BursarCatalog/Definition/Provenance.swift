/// Where a definition's facts come from, and how sure they are. *Value.*
package struct Provenance: Sendable, Hashable {
    package enum Certainty: String, Sendable, CaseIterable {
        /// The provider's own page or OpenAPI document.
        case documentation
        /// The provider's own client.
        case sdk
        /// What others wrote about it.
        case thirdParty = "third-party"
        /// Somebody asked the provider and compared.
        case live
    }

    /// What the facts were taken from: addresses, or the titles of pages.
    package var sources: [String] = []
    /// The day the sources were read, `2026-11-26`.
    package var read: String?
    package var certainty: Certainty?
    /// Who compared the definition with a live answer.
    package var witness: String?
    /// The day they did, `2026-11-26`.
    package var witnessed: String?

    package init() {}
}

/// Pages about a provider. *Value.*
package struct ProviderLinks: Sendable, Hashable {
    package var documentation: String?
    /// Where credit is bought.
    package var topUp: String?
    /// Where the provider says whether its service works.
    package var status: String?

    package init() {}
}
