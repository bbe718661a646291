package import BursarConfiguration
package import BursarUpstream

extension UpstreamSettings {
    /// The transport's part of a configuration. Authorities that the reader accepted are read again here.
    package init(_ configuration: UpstreamConfiguration) {
        self.init()
        authorities = configuration.authorities.flatMap { TrustedAuthorities(pem: $0) }
        proxy = configuration.proxy.map {
            UpstreamProxy(host: $0.host, port: $0.port, user: $0.user, password: $0.password)
        }
        allowsPrivateAddresses = configuration.allowsPrivateAddresses
    }
}
