import ArgumentParser
import BursarClient
import BursarModel
import BursarText
import Synchronization

/// `bursar balances --watch`: reads a gateway's stream and comes back to it whenever it ends, until it is interrupted. *Mutex;* a
/// connection's event loop reads, the command waits.
final class BalancesWatch: Sendable {
    private struct State {
        var reader = EventStreamReader(limit: GatewayClient.largestAnswer)
        var rows = StreamedRows()
        var lastEventID = ""
        /// After how many milliseconds the gateway wants to be asked again.
        var retry = 3_000
        var heardAt = ContinuousClock.now
        var hasHeard = false
        /// Nothing was heard since the stream ended.
        var isAway = false
    }

    private let client: GatewayClient
    private let path: String
    private let asJSON: Bool
    private let state = Mutex(State())

    /// A comment comes every 15 s.
    private static let silence = Duration.seconds(45)

    init(_ client: GatewayClient, providers: [String], asJSON: Bool) {
        self.client = client
        path = "/v1/balances/stream" + (providers.isEmpty ? "" : "?provider=" + providers.joined(separator: ","))
        self.asJSON = asJSON
    }

    /// Ends only where there is nothing to come back to.
    func run() async throws {
        while true {
            var fields = [("accept", "text/event-stream")]
            let (id, wasThere) = state.withLock { state in
                (state.reader, state.heardAt) = (EventStreamReader(limit: GatewayClient.largestAnswer), .now)
                return (state.lastEventID, state.hasHeard)
            }
            if !id.isEmpty { fields.append(("last-event-id", id)) }
            do {
                let answer = try await ask(fields)
                if answer.status != 200, answer.status < 500 || !wasThere { throw refused(answer) }
            } catch let error as GatewayClient.Unreachable {
                guard wasThere || state.withLock({ $0.hasHeard }) else {
                    Terminal.tell("error: \(error)")
                    throw ExitStatus.unavailable
                }
            }
            let (farewell, retry) = state.withLock { ($0.rows.farewell, $0.retry) }
            if farewell == "credential" {
                Terminal.tell("The gateway ended the stream: the client's token is not good any more.")
                throw ExitStatus.unavailable
            }
            // Once for each time that it goes, however long it stays away.
            let isNews = state.withLock { state in
                defer { state.isAway = true }
                return !state.isAway
            }
            if isNews { Terminal.tell("The gateway is away since \(WallTime.now().rfc3339); trying again.") }
            // As long as the gateway said; a signal ends it.
            try await Task.sleep(for: .milliseconds(retry))
        }
    }

    /// One stream, to its end or until it is silent for too long.
    private func ask(_ fields: [(String, String)]) async throws -> GatewayClient.Answer {
        let (client, path) = (client, path)
        let asking = Task { [self] in try await client.ask(path, fields: fields, timeout: nil) { self.heard($0) } }
        let watching = Task { [self] in
            while true {
                // Often enough: silence is a matter of three heartbeats. Ends with the stream.
                try await Task.sleep(for: .seconds(5))
                if state.withLock({ $0.heardAt.duration(to: .now) }) > Self.silence { asking.cancel() }
            }
        }
        defer { watching.cancel() }
        return try await withTaskCancellationHandler {
            try await asking.value
        } onCancel: {
            asking.cancel()
        }
    }

    private func heard(_ bytes: [UInt8]) {
        let output = state.withLock { state -> Output? in
            state.heardAt = .now
            guard let events = try? state.reader.read(bytes) else { return nil }
            var lines: [[UInt8]] = []
            var hasChanged = false
            for event in events {
                if !event.id.isEmpty { state.lastEventID = event.id }
                guard let change = state.rows.heard(event.name, event.data) else { continue }
                (hasChanged, state.hasHeard) = (true, true)
                state.isAway = false
                lines += change.lines
            }
            state.retry = min(max(state.reader.retry ?? state.retry, 100), 60_000)
            guard hasChanged else { return nil }
            return asJSON ? .lines(lines) : .table(state.rows.tableLines)
        }
        output?.show()
    }

    private enum Output {
        case lines([[UInt8]])
        case table([BalanceTable.Line])

        func show() {
            switch self {
            case .lines(let lines): for line in lines { Terminal.answer(foreign: line) }
            case .table(let lines): Terminal.answer(BalanceTable(lines), now: .now(), anew: true)
            }
        }
    }

    private func refused(_ answer: GatewayClient.Answer) -> ExitCode {
        TargetOptions.tellRefusal(answer, by: client.base)
    }
}
