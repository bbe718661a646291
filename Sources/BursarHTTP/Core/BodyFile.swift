import CProcess
import Glibc
import NIOCore

/// A large body as a sealed file in memory, so that the kernel hands its pages to a socket (sendfile(2)) instead of copying
/// megabytes for every reader. Closed when the last answer that uses it is written. *Immutable; any thread.*
package final class BodyFile: Sendable {
    /// Where handing pages over costs less than copying them.
    static let smallest = 256 * 1024

    private let descriptor: CInt
    let count: Int

    /// - Returns: one that holds nothing where the kernel gives none (no memory, no descriptor left, memfd not allowed): the
    ///   answer is then written from its bytes.
    init(_ body: ByteBuffer) {
        count = body.readableBytes
        descriptor = body.withUnsafeReadableBytes { bytes in
            bytes.baseAddress.map { bursar_memory_file($0, UInt(bytes.count)) } ?? -1
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Writes all of it to a channel that ends in a socket. False where there is no file; nothing was written then.
    func write(to context: ChannelHandlerContext) -> Bool {
        guard descriptor >= 0 else { return false }
        // NIO's handle lends its descriptor to one user at a time, and other event loops write the same file: so each write has a
        // handle of its own, which gives the descriptor back unclosed.
        let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in
            _ = try? handle.takeDescriptorOwnership()
            withExtendedLifetime(self) {}
        }
        let region = FileRegion(fileHandle: handle, readerIndex: 0, endIndex: count)
        context.write(NIOAny(IOData.fileRegion(region)), promise: written)
        return true
    }
}
