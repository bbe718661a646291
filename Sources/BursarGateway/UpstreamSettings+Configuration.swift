package import BursarConfiguration
import BursarModel
package import BursarUpstream

extension UpstreamSettings {
    /// The transport's part of a configuration. Authorities that the reader accepted are read again here.
    package init(_ configuration: UpstreamConfiguration) {
        self.init()
        authorities = configuration.authorities.flatMap { TrustedAuthorities(pem: $0) }
        proxy = configuration.proxy
        allowsPrivateAddresses = configuration.allowsPrivateAddresses
    }
}
