package import BursarCatalog
package import BursarEngine
import BursarModel

extension CredentialSnapshot {
    /// As it may be restored by a process that has this definition: without the reading where that makes something else of the kept body
    /// than is kept, because the definition was corrected meanwhile.
    package func judged(by definition: ProviderDefinition, _ context: ReadingContext) -> CredentialSnapshot {
        guard let reading else { return self }
        let reply = reading.reply
        let judged = definition.evaluate(status: reply.status, contentType: reply.contentType, body: reply.body, context)
        guard case .reading(let now) = judged, now.providerSaysLow == reading.providerSaysLow, now.asOf == reading.asOf,
            now.amounts.elementsEqual(
                reading.amounts,
                by: {
                    $0.kind == $1.kind && $0.unit == $1.unit && $0.part == $1.part && $0.value.description == $1.value.description
                })
        else { return withoutReading }
        return self
    }
}
