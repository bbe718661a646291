import ArgumentParser
import BursarConfiguration
import BursarGateway
import BursarModel
import BursarProcess
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs a gateway, and what it needs beside it, until SIGTERM or SIGINT.
enum Running {
    /// - Parameters:
    ///   - reread: reads the configuration again, on SIGHUP and on `POST /admin/reload`.
    ///   - announce: called once it listens, with the real addresses; what people should read goes to stderr.
    static func gateway(
        _ configuration: Configuration, reread: (@Sendable () -> ConfigurationResult)? = nil, beside mocks: (any Service)? = nil,
        announce: ([String]) async -> Void
    ) async throws {
        let sink = LogSink { dropped in notice(of: dropped, configuration.log) }
        let log = LogOutput(
            level: Logger.Level(rawValue: configuration.log.level.rawValue) ?? .info, format: format(configuration.log),
            scrubber: ScrubberBox(), target: sink)
        let store = await Gateway.openStore(configuration, logger: log.logger)
        // From here on, and not only once the services run: a reload that is asked for during the start must not end it. What it
        // would read is being read.
        if reread != nil { _ = signal(SIGHUP, SIG_IGN) }
        let gateway: Gateway
        let addresses: [String]
        do {
            gateway = try Gateway(
                configuration, log: log, reread: reread, onEvent: ServiceManagerService.teller(), store: store)
            addresses = try await gateway.start()
        } catch {
            end(sink, within: .seconds(1))
            Terminal.tell("error: \(error)")
            throw ExitStatus.unavailable
        }
        let service = GatewayService(gateway: gateway)
        await announce(addresses)
        var group = ServiceGroupConfiguration(
            services: [mocks, ServiceManagerService(gateway: gateway, reloads: reread != nil), service].compactMap { $0 }.map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        // One absolute deadline: the gateway keeps it itself; this is the net below it.
        group.maximumGracefulShutdownDuration = configuration.drain.deadline + .seconds(1)
        defer { end(sink, within: gateway.timeToEnd) }
        try await ServiceGroup(configuration: group).run()
    }

    /// Writes what the log still has. A reader that takes none of it does not keep the process; the service manager hears of it.
    private static func end(_ sink: LogSink, within time: Duration) {
        let unwritten = sink.flush(within: time)
        if unwritten > 0 { ServiceManagerService.manager?.tell(.status("stopped; log lines not written: \(unwritten)")) }
    }

    /// Text on a terminal, JSON otherwise, unless the configuration says which.
    private static func format(_ log: LogConfiguration) -> LogFormat {
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

    /// ServiceLifecycle's own lines say nothing that ours do not.
    private static let quiet = Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
}

/// Listens to what else a service manager may want: SIGHUP, and a sign of life.
struct ServiceManagerService: Service {
    let gateway: Gateway
    /// Whether there is a configuration to read again. Where not, SIGHUP ends the process as ever: a terminal was closed.
    let reloads: Bool

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                if reloads {
                    group.addTask {
                        for await _ in await UnixSignalsSequence(trapping: .sighup) { await gateway.beginReload("SIGHUP") }
                    }
                }
                group.addTask { await watchdog() }
                // Where there is neither, this stays: a service that ends would end the whole group.
                group.addTask { try? await gracefulShutdown() }
                await group.waitForAll()
            }
        }
    }

    private func watchdog() async {
        let environment = ProcessInfo.processInfo.environment
        guard let manager = Self.manager,
            let interval = WatchdogInterval.read(environment, processID: ProcessInfo.processInfo.processIdentifier)
        else { return }
        while !Task.isCancelled {
            // Only when every event loop has taken a turn: a process that hangs there is what the watchdog is for.
            await gateway.checkLiveness()
            manager.tell(.watchdog)
            // Cancelled: the loop ends.
            try? await Task.sleep(for: interval)
        }
    }

    static var manager: ServiceManager? { ServiceManager(ProcessInfo.processInfo.environment) }

    /// What tells the service manager, if there is one.
    static func teller() -> @Sendable (LifecycleEvent) -> Void {
        guard let manager else { return { _ in } }
        return { event in
            switch event {
            case .ready: manager.tell(.ready(status: "serving"))
            case .reloading: manager.tell(.reloading(monotonicMicroseconds: ServiceManager.monotonicMicroseconds))
            case .stopping: manager.tell(.stopping)
            }
        }
    }
}

/// The gateway as a service: it listens already; this waits for the signal and stops it.
struct GatewayService: Service {
    let gateway: Gateway

    func run() async throws {
        // Cancelled (the deadline's net): stop all the same.
        try? await gracefulShutdown()
        await withTaskGroup { group in
            group.addTask { await gateway.stop() }
            group.addTask {
                // Whoever asks twice does not want to wait for requests under way.
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                    await gateway.stopNow()
                    return
                }
            }
            await group.next()
            // Ends the wait for a second signal, or the delay for the balancer.
            group.cancelAll()
        }
    }
}
