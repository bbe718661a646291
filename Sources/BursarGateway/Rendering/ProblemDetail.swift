import BursarModel
import BursarUpstream

extension Problem {
    /// What happened and what follows, for people: behind the title, which says who it was. Our words only, none of the provider's.
    /// - Parameter until: when the provider is asked again at the earliest.
    func detail(until: WallTime?) -> String {
        let again = until.map { " It is asked again at \($0.rfc3339) at the earliest." } ?? ""
        switch code {
        case .unauthorized, .forbidden: return answered + (again.isEmpty ? "" : again + " A changed key is tried at once.")
        case .rateLimited: return answered + again
        case .timeout:
            return "The answer did not come within the account's timeout, or within the request's own Prefer: wait. "
                + "A late one is still taken in." + again
        case .unreachable:
            return (reason.flatMap(ProblemReason.words) ?? "No connection came about, or it ended before the answer was whole.")
                + " The log has the failed call." + again
        case .upstreamError:
            guard let status = upstreamStatus, (300..<400).contains(status) else { return answered + again }
            return "It answered \(status), a redirect, which is refused: to follow it would carry the key elsewhere." + again
        case .invalidResponse: return (reason.map { ProblemReason.words(of: $0) ?? $0.sentence } ?? answered) + again
        case .circuitOpen:
            return "Several calls in a row failed" + (briefly.map { ", the last one by this: \($0)." } ?? ".") + again
        }
    }

    private var answered: String {
        let status = upstreamStatus.map { "It answered \($0)" }
        switch (status, reason) {
        case (let status?, let reason?): return "\(status): \(reason)."
        case (let status?, nil): return "\(status)."
        case (nil, let reason?): return reason.sentence
        case (nil, nil): return "It said so in its answer."
        }
    }
}

extension String {
    /// As a whole sentence. A reason that begins with a field's name keeps it as the answer writes it: `Balance` is another field.
    fileprivate var sentence: String {
        let isStatus = hasPrefix("status ") && dropFirst(7).first?.isNumber == true
        guard hasPrefix("the ") || isStatus else { return "In its answer, \(self)." }
        return prefix(1).uppercased() + dropFirst() + "."
    }
}
