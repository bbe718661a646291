import NIOCore

/// What the connections of one event loop share: the date, a write buffer, answers as they are written in this second, and
/// the list of them, so that a drain finds each. *Event loop.*
final class LoopState {
    let dates: DateCache
    let spare = SpareBuffer()
    let rendered = RenderedAnswers()
    private(set) var isDraining = false
    private var connections: [ObjectIdentifier: any Channel] = [:]
    private var emptied: EventLoopPromise<Void>?
    private var crowd = CrowdWatch()
    private let onCrowdLeft: (@Sendable () -> Void)?

    init(dates: DateCache = DateCache(), onCrowdLeft: (@Sendable () -> Void)? = nil) {
        (self.dates, self.onCrowdLeft) = (dates, onCrowdLeft)
    }

    func opened(_ channel: any Channel) {
        connections[ObjectIdentifier(channel)] = channel
        crowd.opened(nowOpen: connections.count)
    }

    func closed(_ channel: any Channel) {
        connections[ObjectIdentifier(channel)] = nil
        if crowd.closed(nowOpen: connections.count), let onCrowdLeft {
            // What the last of them held is let go of right behind this.
            channel.eventLoop.scheduleTask(in: Self.crowdIsGone, onCrowdLeft)
        }
        if connections.isEmpty {
            emptied?.succeed()
            emptied = nil
        }
    }

    /// Long enough for those that leave together, and too short for anyone to miss the memory.
    static let crowdIsGone = TimeAmount.seconds(1)

    /// What the connections' channels hold for peers that do not read.
    var unwrittenBytes: Int {
        connections.values.reduce(0) { $0 + ((try? $1.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0) }
    }

    /// Tells every connection; the future is done when the last one has closed.
    func drain(on loop: any EventLoop) -> EventLoopFuture<Void> {
        isDraining = true
        for channel in connections.values { channel.pipeline.fireUserInboundEventTriggered(DrainEvent()) }
        guard !connections.isEmpty else { return loop.makeSucceededVoidFuture() }
        let promise = emptied ?? loop.makePromise(of: Void.self)
        emptied = promise
        return promise.futureResult
    }

    /// Closes every connection now; returns how many there were.
    func closeAll() -> Int {
        isDraining = true
        let open = Array(connections.values)
        for channel in open { channel.close(promise: nil) }
        return open.count
    }
}
