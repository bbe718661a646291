package import BursarModel

/// Until when a client may ask, as `expires` and `bursar token new --expires` take it. *Stateless.*
package enum ExpiryText {
    package static let expectation = "a date such as 2027-06-30, or a time such as 2027-06-30T18:00:00Z"

    /// A date is good to its end, in UTC.
    package static func parse(_ text: String) -> WallTime? {
        WallTime(rfc3339: text) ?? WallTime(rfc3339: text + "T00:00:00Z")?.advanced(by: .seconds(24 * 3_600))
    }
}
