import BursarBasics
import BursarConfiguration
import BursarEngine
import BursarHTTP
import BursarModel
import BursarStore
import BursarUpstream

extension ConfigurationSources {
    /// This process's environment and file system, with what certificates, the store and systemd's sockets say of themselves.
    /// - Parameter opensStore: also look into a store's file; not for a process that serves, see ``StoreProbe``.
    static func program(opensStore: Bool = false) -> ConfigurationSources {
        var sources = ConfigurationSources.process()
        sources.checkTLS = usable
        sources.hasCertificates = { TrustedAuthorities(pem: $0) != nil }
        sources.checkStore = { path in
            StoreProbe.fault(path: path, opens: opensStore).map {
                StoreProblem(words: $0.words)
            }
        }
        sources.inherited = SystemdSockets.passed(environment: sources.environment).map { socket in
            InheritedListener(
                descriptor: socket.descriptor, name: socket.name,
                address: socket.path.map { .unix(path: $0) } ?? .tcp(host: socket.host, port: socket.port))
        }
        return sources
    }

    private static func usable(_ settings: TLSSettings) -> TLSFileProblem? {
        do throws(TLSError) {
            let identity = try TLSIdentity(settings)
            return TLSFileProblem(
                certificate: settings.certificateFile, notValidAfter: WallTime(seconds: Int64(identity.notValidAfter)),
                term: identity.term)
        } catch {
            return TLSFileProblem(file: error.file, words: error.words, concernsKey: error.concernsKey)
        }
    }
}
