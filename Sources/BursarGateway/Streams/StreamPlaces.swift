import BursarBasics
import BursarHTTP
import Synchronization

/// How many streams there may be, in all and of one address. *Mutex*; any thread: once a stream.
final class StreamPlaces: Sendable {
    private struct State {
        var count = 0
        var byAddress: [IPAddress: Int] = [:]
    }

    private let most: Int
    private let mostPerPeer: Int?
    private let state = Mutex(State())

    init(_ limits: ServerLimits) {
        most = limits.streams
        mostPerPeer = limits.streamsPerPeer
    }

    /// How many are taken.
    var count: Int { state.withLock { $0.count } }

    /// Nil where no place is free for it. Clients at Unix sockets have no address, and so no share of their own.
    func take(_ peer: Peer) -> StreamPlace? {
        let address = mostPerPeer == nil ? nil : peer.address
        let isFree = state.withLock { state in
            guard state.count < most else { return false }
            if let address, let mostPerPeer {
                guard state.byAddress[address, default: 0] < mostPerPeer else { return false }
                state.byAddress[address, default: 0] += 1
            }
            state.count += 1
            return true
        }
        return isFree ? StreamPlace(of: self, address) : nil
    }

    fileprivate func giveBack(_ address: IPAddress?) {
        state.withLock { state in
            state.count -= 1
            guard let address, let count = state.byAddress[address] else { return }
            state.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }
}

/// One stream's place, given back once: when the stream ends, or with its answer where that never became one. *Atomic*; any thread.
final class StreamPlace: Sendable {
    private let places: StreamPlaces
    private let address: IPAddress?
    private let isGivenBack = Atomic<Bool>(false)

    fileprivate init(of places: StreamPlaces, _ address: IPAddress?) { (self.places, self.address) = (places, address) }

    func giveBack() {
        if !isGivenBack.exchange(true, ordering: .acquiringAndReleasing) { places.giveBack(address) }
    }

    deinit { giveBack() }
}
