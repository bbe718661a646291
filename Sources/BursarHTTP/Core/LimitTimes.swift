package import BursarBasics
package import NIOCore

/// The times of ``ServerLimits`` in the event loop's own measure, converted once a connection and not at each request. *Value.*
package struct LimitTimes: Sendable {
    package let head: TimeAmount
    package let body: TimeAmount
    package let idle: TimeAmount
    package let writeStall: TimeAmount
    package let linger: TimeAmount

    package init(_ limits: ServerLimits) {
        head = TimeAmount(limits.headTime)
        body = TimeAmount(limits.bodyTime)
        idle = TimeAmount(limits.idleTime)
        writeStall = TimeAmount(limits.writeStallTime)
        linger = TimeAmount(limits.lingerTime)
    }
}
