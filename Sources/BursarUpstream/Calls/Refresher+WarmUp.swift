import BursarBasics
package import BursarCatalog
import BursarEngine
import BursarModel
import Logging

extension Refresher {
    /// Does what the first read of a process would otherwise wait for. No provider is asked, nothing is counted or logged. Some 15 ms; optional.
    ///
    /// The Swift runtime looks each generic type and conformance up when it is first used: half of the processor time of a first read of
    /// five providers (`perf record`, 2026-11-27). So one read is played beforehand, from memory and by a refresher of its own.
    /// - Parameter definitions: the documented answer of one of them stands in for a provider.
    /// - Returns: whether that read came to a reading.
    @discardableResult
    package func warmUp(with definitions: some Sequence<ProviderDefinition>) async -> Bool {
        await transport.warmUp()
        guard let definition = definitions.first(where: \.canBeRehearsed), let example = definition.successExample else {
            return false
        }
        let rehearsal = Refresher(
            seed: 0, clock: clock, transport: ExampleTransport(example: example), scrubber: ScrubberBox(),
            logger: Logger(label: "bursar") { _ in SwiftLogNoOpLogHandler() }, onChange: { _ in })
        let account = UpstreamAccount(
            id: nil, definition: definition, secret: Secret("\(UInt64.random(in: 0 ... .max).hexText):rehearsal"),
            parameters: definition.parameterDefaults,
            policy: RefreshPolicy(ttl: .seconds(60), staleFor: .zero, timeout: .seconds(1)), keys: .random())
        let end = clock.now.monotonic.advanced(by: .seconds(1))
        let deadline = rehearsal.deadlines.add(end) {}
        var answer: Answer?
        if case .mustWait(let ticket) = rehearsal.request(account, demand: .anyCached) {
            answer = await rehearsal.wait(ticket, until: end)
        }
        rehearsal.deadlines.remove(deadline)
        await rehearsal.shutdown()
        return answer?.view.status == .fresh
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

extension ProviderDefinition {
    fileprivate var successExample: [UInt8]? { responses.first { $0.status == 200 }?.example }

    /// An account needs nothing but a key.
    fileprivate var canBeRehearsed: Bool {
        successExample != nil && accountParameters.allSatisfy { !$0.isRequired || $0.standard != nil }
    }
}
