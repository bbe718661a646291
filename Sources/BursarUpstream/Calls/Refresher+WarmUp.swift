package import BursarCatalog
import BursarEngine
import BursarModel
import Logging

extension Refresher {
    /// Does what the first read of a process would otherwise wait for. No provider is asked, nothing is counted or logged. Some 15 ms; optional.
    ///
    /// The Swift runtime looks each generic type and conformance up when it is first used: half of the processor time of a first read of
    /// five providers (`perf record`, 2026-11-27). So one read is played beforehand, from memory and by a refresher of its own.
    /// - Parameter definition: whose documented answer stands in for a provider; nil: only the transport is warmed.
    package func warmUp(with definition: ProviderDefinition?) async {
        await transport.warmUp()
        guard let definition, let example = definition.responses.first(where: { $0.status == 200 })?.example else { return }
        let rehearsal = Refresher(
            seed: 0, clock: clock, transport: ExampleTransport(example: example), scrubber: ScrubberBox(),
            logger: Logger(label: "bursar") { _ in SwiftLogNoOpLogHandler() }, onChange: { _ in })
        let account = UpstreamAccount(
            id: nil, definition: definition, secret: .random(bytes: 32), parameters: definition.parameterDefaults,
            policy: RefreshPolicy(ttl: .seconds(60), staleFor: .zero, timeout: .seconds(1)), keys: .random())
        let end = clock.now.monotonic.advanced(by: .seconds(1))
        let deadline = rehearsal.deadlines.add(end) {}
        if case .mustWait(let ticket) = rehearsal.request(account, demand: .anyCached) {
            _ = await rehearsal.wait(ticket, until: end)
        }
        rehearsal.deadlines.remove(deadline)
        await rehearsal.shutdown()
    }

    /// Answers at once, with what a provider documents.
    private struct ExampleTransport: UpstreamTransport {
        let example: [UInt8]

        func fetch(_ request: UpstreamRequest) async -> TransportResult {
            .response(UpstreamResponse(status: 200, fields: [("content-type", "application/json")], body: example))
        }

        func shutdown() async {}
    }
}
