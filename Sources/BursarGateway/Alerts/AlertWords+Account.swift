import BursarCatalog
import BursarInsight

extension AlertWords.Context {
    init(_ entry: AccountEntry) {
        self.init(
            provider: entry.definition.title, topUp: entry.definition.links.topUp,
            documentation: entry.definition.documentationURL,
            keySource: entry.keySource.isEmpty ? nil : entry.keySource)
    }

    /// With the forecast as it is when a message is sent.
    func lasting(_ runway: String?) -> AlertWords.Context {
        var context = self
        context.runway = runway
        return context
    }
}
