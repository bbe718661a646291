package import BursarCatalog
package import BursarEngine
import BursarModel

extension CredentialSnapshot {
    /// The snapshot as a process with this definition may restore it.
    ///
    /// The stored body is read again. Where that gives another reading than the stored one, because the definition was changed meanwhile,
    /// the reading is dropped.
    package func judged(by definition: ProviderDefinition, _ context: ReadingContext) -> CredentialSnapshot {
        guard let reading else { return self }
        let reply = reading.reply
        let evaluation = definition.evaluate(status: reply.status, contentType: reply.contentType, body: reply.body, context)
        guard case .reading(let again) = evaluation, again.providerSaysLow == reading.providerSaysLow, again.asOf == reading.asOf,
            again.amounts.saysTheSame(as: reading.amounts)
        else { return withoutReading }
        return self
    }
}
