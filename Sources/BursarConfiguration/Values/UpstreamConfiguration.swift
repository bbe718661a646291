package import BursarModel

/// How providers are reached. *Value.* Nothing of it comes from the environment: a variable that happens to be set must not be able to
/// send keys through another machine.
package struct UpstreamConfiguration: Sendable, Equatable {
    /// Certificates in PEM form that vouch for providers in place of the system's roots; looked at when they were read.
    package var authorities: [UInt8]?
    package var proxy: ProxyServer?
    /// Whether a provider's own host name may lead to an address that is not public.
    package var allowsPrivateAddresses = false
    /// Whether calls carry the `traceparent` of the request that made them necessary.
    package var sendsTraces = false

    package init() {}
}
