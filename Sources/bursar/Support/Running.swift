import ArgumentParser
import BursarConfiguration
import BursarGateway
import BursarModel
import BursarProcess
import Foundation
import Logging
import UnixSignals

/// Runs a gateway, and what it needs beside it, until SIGTERM or SIGINT.
enum Running {
    /// - Parameters:
    ///   - reread: reads the configuration again, on SIGHUP and on `POST /admin/reload`.
    ///   - announce: called once it listens, with the real addresses; what people should read goes to stderr.
    static func gateway(
        _ configuration: Configuration, reread: (@Sendable () -> ConfigurationResult)? = nil,
        announce: ([String]) async -> Void
    ) async throws {
        let sink = LogSink { dropped in notice(of: dropped, configuration.log) }
        let log = LogOutput(
            level: Logger.Level(rawValue: configuration.log.level.rawValue) ?? .info, format: format(configuration.log),
            scrubber: ScrubberBox(), target: sink)
        // Until ``serve(_:until:reloads:)`` listens for it: a reload that is asked for during the start must not end the process. It is
        // lost: whoever changes the file meanwhile asks again when the gateway is ready.
        if reread != nil { _ = signal(SIGHUP, SIG_IGN) }
        let store = await Gateway.openStore(configuration, logger: log.logger)
        let gateway: Gateway
        let addresses: [String]
        do {
            gateway = try Gateway(
                configuration, log: log, reread: reread, onEvent: ServiceManagement.teller(), store: store)
            addresses = try await gateway.start()
        } catch {
            end(sink, within: .seconds(1))
            Terminal.tell("error: \(error)")
            throw ExitStatus.unavailable
        }
        // Before anybody is told that it listens: whoever is told may end it at once.
        let ends = await endSignals()
        await announce(addresses)
        defer {
            end(sink, within: gateway.timeToEnd)
            withExtendedLifetime(ends) {}  // as long as it lives, no signal ends the process by itself
        }
        await serve(gateway, until: ends, reloads: reread != nil)
        await stop(gateway, within: configuration.drain.deadline + .seconds(1))
    }

    /// One sequence can be read once, so whoever waits makes one.
    static func endSignals() async -> UnixSignalsSequence { await UnixSignalsSequence(trapping: .sigterm, .sigint) }

    /// Until the first signal.
    /// - Parameter reloads: whether there is a configuration to read again. Where not, SIGHUP ends the process as ever: a terminal was
    ///   closed.
    private static func serve(_ gateway: Gateway, until ends: UnixSignalsSequence, reloads: Bool) async {
        await withTaskGroup { group in
            if reloads {
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sighup) { await gateway.beginReload("SIGHUP") }
                }
            }
            group.addTask { await ServiceManagement.tellLiveness(of: gateway) }
            for await _ in ends { break }
            group.cancelAll()
        }
    }

    /// Stops the gateway. A second signal closes what is under way at once: whoever asks twice does not want to wait for it.
    /// - Parameter limit: when it is closed all the same; longer than the gateway's own deadline.
    private static func stop(_ gateway: Gateway, within limit: Duration) async {
        await withTaskGroup { group in
            group.addTask { await gateway.stop() }
            group.addTask {
                for await _ in await endSignals() { return await gateway.stopNow() }
            }
            group.addTask {
                // Cancelled: the gateway has stopped before.
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                await gateway.stopNow()
            }
            await group.next()
            // Ends the wait for a second signal, or the delay for the balancer.
            group.cancelAll()
        }
    }

    /// Writes what the log still has. A reader that takes none of it does not keep the process; the service manager hears of it.
    private static func end(_ sink: LogSink, within time: Duration) {
        let unwritten = sink.flush(within: time)
        if unwritten > 0 { ServiceManagement.manager?.tell(.status("stopped; log lines not written: \(unwritten)")) }
    }

    /// Text on a terminal, JSON otherwise, unless the configuration says which.
    static func format(_ log: LogConfiguration) -> LogFormat {
        switch log.format {
        case .auto: Terminal.errorIsTerminal ? .text : .json
        case .text: .text
        case .json: .json
        }
    }

    /// The line behind a gap in the log.
    private static func notice(of dropped: Int, _ log: LogConfiguration) -> [UInt8] {
        format(log).line(
            time: .now(), level: "warning", message: "log lines were dropped: their reader is too slow",
            fields: [("lines", "\(dropped)")])
    }
}
