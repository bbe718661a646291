import BursarModel

/// When claims end, the earliest first: a heap. *Value.* What was taken back before stays until its time; whoever looks has the claims.
struct ClaimEnds: Sendable {
    private struct End: Sendable {
        let at: WallTime
        let id: String
    }

    /// No end is before that of its parent, which is at (index - 1) / 2.
    private var heap: [End] = []

    mutating func insert(_ id: String, at end: WallTime) {
        heap.append(End(at: end, id: id))
        var index = heap.count - 1
        while index > 0, heap[index].at < heap[(index - 1) / 2].at {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// What has ended by now, in no order. It costs as much as there is of that.
    func ended(by now: WallTime) -> [String] {
        var found: [String] = []
        var open = [0]
        while let index = open.popLast() {
            guard index < heap.count, heap[index].at <= now else { continue }
            found.append(heap[index].id)
            open += [2 * index + 1, 2 * index + 2]
        }
        return found
    }

    /// The same, taken out.
    mutating func removeEnded(by now: WallTime) -> [String] {
        var removed: [String] = []
        while let first = heap.first, first.at <= now {
            removed.append(first.id)
            heap.swapAt(0, heap.count - 1)
            heap.removeLast()
            sink()
        }
        return removed
    }

    private mutating func sink() {
        var index = 0
        while true {
            let (left, right) = (2 * index + 1, 2 * index + 2)
            guard left < heap.count else { return }
            let least = right < heap.count && heap[right].at < heap[left].at ? right : left
            guard heap[least].at < heap[index].at else { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
