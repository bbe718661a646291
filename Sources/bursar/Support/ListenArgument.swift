import ArgumentParser
import BursarBasics
import BursarGateway

/// What `--listen` takes.
enum ListenArgument {
    @discardableResult
    static func check(_ text: String) throws -> ListenAddress {
        do throws(ListenAddress.Refusal) {
            return try ListenAddress(parsing: text)
        } catch {
            let hint = error.meant.map { "did you mean \($0)?" } ?? "expected \(ListenAddress.expectation)"
            throw ValidationError("--listen is no listen address: \(error.reason); \(hint)")
        }
    }
}
