/// `<epoch>-<number>`: up to where a client has seen a view, as `id` of an event and as `Last-Event-ID` of a request. *Value.*
///
/// A number alone would lie after a restart, when they begin anew. The epoch is random and belongs to one log of one view, so the id
/// of another view, of another process or of a guess never fits.
package struct StreamID: Equatable, Sendable, CustomStringConvertible {
    package let epoch: UInt64
    package let number: UInt64

    package init(epoch: UInt64, number: UInt64) { (self.epoch, self.number) = (epoch, number) }

    /// Nil for anything that is not written as ``description`` writes it.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = UInt64(parts[0], radix: 16), let number = UInt64(parts[1]) else { return nil }
        self.init(epoch: epoch, number: number)
        guard description == text else { return nil }
    }

    package var description: String { "\(String(epoch, radix: 16))-\(number)" }
}
