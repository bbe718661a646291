import BursarCatalog
import BursarInsight
import BursarModel

extension AlertWords.Context {
    init(_ entry: AccountEntry) {
        self.init(
            provider: entry.definition.title, topUp: entry.definition.links.topUp,
            documentation: entry.definition.documentationURL,
            keySource: entry.keySource.isEmpty ? nil : entry.keySource)
    }

    /// With what is known when a message is sent: the forecast, and when the account was read.
    func lasting(_ runway: String?, lastRead: WallTime?) -> AlertWords.Context {
        var context = self
        (context.runway, context.lastRead) = (runway, lastRead)
        return context
    }
}
