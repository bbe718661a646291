import BursarModel

/// What `bursar retry` makes of the row that it got when it had the provider asked at once. *Value.* Pure.
package struct RetryAnswer: Sendable {
    package enum Outcome: Sendable, Equatable {
        /// The provider answered, and with a reading.
        case read
        /// It was asked and did not give one.
        case failed
        /// Something else than a hold stands in the way, such as a spent budget.
        case notAsked
    }

    package let outcome: Outcome
    package let document: BalancesAnswer

    /// Nil for anything that is not one row.
    /// - Parameter waited: between the question and its answer, by the clock of who asked: what landed within that is of this question.
    ///   Two machines agree about lengths of time, and not about the time.
    package init?(json: [UInt8], waited: Duration) {
        guard let document = BalancesAnswer(json: json), document.lines.count == 1, let row = document.lines.first
        else {
            return nil
        }
        self.document = document
        // Both times are told in whole milliseconds.
        let isNew = row.fetchedAt.map { $0.duration(to: document.generatedAt) <= waited + .milliseconds(1) } ?? false
        outcome = row.problem != nil ? .failed : row.status == .fresh && isNew ? .read : .notAsked
    }
}
