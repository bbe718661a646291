import BursarClient
import BursarConfiguration
import BursarDelivery
import BursarModel
import BursarUpstream

extension DeliveryTarget {
    /// A configured target, ready to be sent to.
    init(_ configuration: TargetConfiguration, commands: CommandTargets) {
        let kind: Kind =
            switch configuration.kind {
            case .webhook(let endpoint, let secrets):
                .webhook(DeliveryAddress(endpoint), keys: secrets.compactMap { WebhookSecret.key(of: $0) })
            case .alertmanager(let endpoint): .alertmanager(DeliveryAddress(endpoint))
            case .slack(let endpoint): .slack(DeliveryAddress(endpoint))
            case .ntfy(let endpoint, let token): .ntfy(DeliveryAddress(endpoint), token: token)
            case .command(let command, let timeout): .command(commands.runner(command, timeout: timeout))
            }
        self.init(name: configuration.name, kind: kind)
    }
}

extension DeliveryAddress {
    init(_ endpoint: TargetEndpoint) {
        self.init(
            url: endpoint.url,
            reach: endpoint.isThisMachine ? .thisMachine : endpoint.mayBePrivate ? .anyAddress : .publicAddress)
    }
}

extension CredentialKeys {
    /// Another one where the operator changed where, or how, a target is reached.
    func fingerprint(of target: TargetConfiguration) -> String {
        var texts = [target.name, target.word, target.shown]
        if case .command(let command, _) = target.kind { texts += command.words }
        return fingerprint(target.secrets, texts)
    }
}
