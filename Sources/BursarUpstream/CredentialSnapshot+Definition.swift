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
            again.amounts.elementsEqual(
                reading.amounts,
                by: {
                    $0.kind == $1.kind && $0.unit == $1.unit && $0.part == $1.part && $0.value.description == $1.value.description
                })
        else { return withoutReading }
        return self
    }
}
