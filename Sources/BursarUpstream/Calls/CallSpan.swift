import BursarBasics

/// A call's own place in the trace that it goes on with. *Value.* Nobody records it as a span: its id stands in the log, beside the
/// call, so that what a provider recorded under it can be found.
struct CallSpan {
    /// What the provider is sent; nil: nothing.
    let field: String?
    /// 16 digits; nil where nothing is sent.
    let id: String?

    init(_ trace: TraceContext?, isSent: Bool) {
        guard isSent, let trace else {
            (field, id) = (nil, nil)
            return
        }
        let span = UInt64.random(in: 1 ... .max)
        field = trace.field(span: span)
        id = span.hexText
    }
}
