internal import BursarCatalog
internal import BursarModel

/// A provider as the mocks see it: what its definition documents, and where in its example the first amount stands. *Value.*
struct MockProvider: Sendable {
    /// How a number at ``amountPath`` becomes the first amount: `amount = ±10^power · number / divisor + offset`. Most definitions show
    /// the number itself; some count in 1/10000 or in seconds, or take a difference. Found by trying, because it is linear in every mapping.
    struct AmountForm: Sendable {
        var power = 0
        var divisor = 1
        var isNegated = false
        let offset: ExactDecimal

        /// Minutes and hours of seconds, KiB, and a common gateway's quota.
        static let divisors = [60, 3_600, 1_024, 500_000]

        /// What to write for the amount to be `wanted`.
        func number(for wanted: ExactDecimal) -> ExactDecimal? {
            guard let distance = wanted.subtracting(offset)?.scaled(byPowerOfTen: -power),
                let factor = ExactFactor("\(divisor)"), let number = distance.multiplied(by: factor, decimals: nil)
            else { return nil }
            return isNegated ? number.negated : number
        }
    }

    let name: String
    /// `/v1/account/balance`; a segment in braces stands for any one segment.
    let path: String
    /// As documented.
    let methods: [String]
    let auth: MockAuth
    /// The first documented example of a 2xx that is a balance.
    let success: UpstreamReply
    /// The documented examples of errors by status; one of a range or of `default` by the first status that it may have.
    let failures: [Int: UpstreamReply]
    /// Every documented example by its name, blanks written as hyphens.
    let examples: [(name: String, reply: UpstreamReply)]
    /// The documented examples of errors with a success's status.
    let refusals: [UpstreamReply]
    /// The way to the number that the first amount is read from.
    let amountPath: [JSONStep]?
    /// The way to the provider's own low flag, where it has one that the example shows.
    let lowFlagPath: [JSONStep]?
    /// The way to the number that must have a certain value in a success, where the definition demands one.
    let envelopeCodePath: [JSONStep]?
    /// The way to the boolean that must have a certain value in a success.
    let envelopeFlagPath: [JSONStep]?
    /// What the definition makes of an answer.
    let evaluate: @Sendable (_ status: Int, _ contentType: String?, _ body: [UInt8]) -> Evaluation
    /// `message` in the documented shape of an error, nil where none is documented.
    let errorReply: @Sendable (_ status: Int, _ message: String) -> UpstreamReply?

    /// The example's first amount; nil where it has none.
    let exampleAmount: ExactDecimal?
    /// Where the example's total stands, and what it is; see ``totalPath(beside:in:reading:)``.
    let totalPath: (path: [JSONStep], total: ExactDecimal)?
    private let form: AmountForm?

    init(
        name: String, path: String, methods: [String] = ["GET", "HEAD"], auth: MockAuth, success: UpstreamReply,
        failures: [Int: UpstreamReply], examples: [(name: String, reply: UpstreamReply)] = [], refusals: [UpstreamReply] = [],
        amountPath: [JSONStep]?, lowFlagPath: [JSONStep]?, envelopeCodePath: [JSONStep]?, envelopeFlagPath: [JSONStep]? = nil,
        evaluate: @escaping @Sendable (Int, String?, [UInt8]) -> Evaluation,
        errorReply: @escaping @Sendable (Int, String) -> UpstreamReply?
    ) {
        self.name = name
        self.path = path
        self.methods = methods
        self.auth = auth
        self.refusals = refusals
        self.success = success
        self.failures = failures
        self.examples = examples
        self.amountPath = amountPath
        self.lowFlagPath = lowFlagPath
        self.envelopeCodePath = envelopeCodePath
        self.envelopeFlagPath = envelopeFlagPath
        self.evaluate = evaluate
        self.errorReply = errorReply
        let firstAmount = { body in Self.reading(evaluate, success, body).flatMap { $0.available ?? $0.amounts.first }?.value }
        exampleAmount = firstAmount(success.body)
        totalPath = Self.totalPath(beside: amountPath, in: success.body) { Self.reading(evaluate, success, $0) }
        form = amountPath.flatMap { Self.form(of: $0, in: success.body, firstAmount: firstAmount) }
    }

    /// Reads the amount with 0 and with 1 in the place: the first is the offset, the difference the factor. What is divided shows a rounded
    /// difference then, so another number has to bear it out.
    private static func form(
        of path: [JSONStep], in body: [UInt8], firstAmount: ([UInt8]) -> ExactDecimal?
    ) -> AmountForm? {
        guard let zero = ExampleText(body).replacingNumber(at: path, by: "0"), let offset = firstAmount(zero.bytes),
            let one = ExampleText(body).replacingNumber(at: path, by: "1"), let first = firstAmount(one.bytes),
            let factor = first.subtracting(offset)
        else { return nil }
        let magnitude = factor.isNegative ? factor.negated : factor
        let power = (-12...12).first { ExactDecimal(1).scaled(byPowerOfTen: $0) == magnitude }
        let forms =
            [power.map { AmountForm(power: $0, isNegated: factor.isNegative, offset: offset) }].compactMap(\.self)
            + AmountForm.divisors.map { AmountForm(divisor: $0, isNegated: factor.isNegative, offset: offset) }
        let borneOut = forms.first { form in
            guard let wanted = offset.adding(ExactDecimal(7)), let number = form.number(for: wanted),
                let text = ExampleText(body).replacingNumber(at: path, by: number.description)
            else { return false }
            return firstAmount(text.bytes) == wanted
        }
        // A schema may refuse the other number.
        return borneOut ?? forms.first { $0.divisor == 1 }
    }

    /// The definition's reading of a body that comes in the place of the example's; nil where it refuses it.
    func reading(of body: [UInt8]) -> Reading? { Self.reading(evaluate, success, body) }

    private static func reading(
        _ evaluate: (Int, String?, [UInt8]) -> Evaluation, _ success: UpstreamReply, _ body: [UInt8]
    ) -> Reading? {
        guard case .reading(let reading) = evaluate(success.status, success.contentType, body) else { return nil }
        return reading
    }

    /// What the definition takes an error for; nil where it is none to it.
    func failureCode(_ reply: UpstreamReply) -> ProblemCode? {
        guard case .failure(let failure) = evaluate(reply.status, reply.contentType, reply.body) else { return nil }
        return failure.code
    }

    /// The number to write for the first amount to be `amount`, with the amount's own digits where the number is the amount.
    func number(for amount: String) -> String {
        guard let form, form.power != 0 || form.divisor != 1 || form.isNegated || !form.offset.isZero,
            let wanted = ExactDecimal(amount)
        else { return amount }
        return form.number(for: wanted)?.description ?? amount
    }

    /// Whether `path`, without its query, is the documented one. A trailing slash belongs to a path.
    func serves(_ path: Substring) -> Bool {
        let wanted = self.path.split(separator: "/", omittingEmptySubsequences: false)
        let given = path.split(separator: "/", omittingEmptySubsequences: false)
        return wanted.count == given.count
            && zip(wanted, given).allSatisfy { $0 == $1 || ($0.hasPrefix("{") && $0.hasSuffix("}") && !$1.isEmpty) }
    }
}

/// The documented way to send a key. *Value.*
struct MockAuth: Sendable {
    /// As people write it: `x-api-key`, `Authorization`.
    let headerName: String
    /// Where a second secret is sent; nil for nearly all.
    var secondHeaderName: String?
    /// What stands before the key: `Token `, or nothing.
    let prefix: String
    /// Whether the key is two secrets with a colon between them: then either may name a scenario.
    var isPair = false
    /// Takes the key out of the headers' values; nil where they have another form.
    let credential: @Sendable (_ headerValue: String, _ second: String?) -> Secret?

    /// `WWW-Authenticate` for a 401 (RFC 9110 15.5.2), where the key travels in Authorization; a header of the provider's own
    /// has no challenge.
    var challenge: String? {
        guard headerName.lowercased() == "authorization" else { return nil }
        return prefix.split(separator: " ").first.map(String.init)
    }
}
