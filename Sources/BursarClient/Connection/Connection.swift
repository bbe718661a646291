import NIOCore

/// An open connection, as those see it who are not on its event loop. *Any thread.*
struct Connection: Sendable {
    private let loop: any EventLoop
    private let handler: NIOLoopBound<ConnectionHandler>

    /// On the event loop.
    init(_ handler: ConnectionHandler, loop: any EventLoop) {
        self.loop = loop
        self.handler = NIOLoopBound(handler, eventLoop: loop)
    }

    func begin(_ call: Call) { loop.execute { handler.value.begin(call) } }

    func close() { loop.execute { handler.value.close() } }
}
