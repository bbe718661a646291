import CYAML

/// What libyaml finds in a text, one after the other. *Value,* used once, and not longer than its text is where it is.
///
/// Nothing is built of what was found, so a document is refused as soon as it has too much of something.
struct YAMLEvents: ~Copyable {
    /// *Value.*
    enum Event {
        case documentStart, streamEnd
        case scalar(String, isPlain: Bool)
        case sequence, mapping
        /// Of a sequence, a mapping or a document.
        case end
        case alias
    }

    /// Why it is no YAML, in libyaml's fixed words, which quote nothing. *Value.*
    struct Problem: Error {
        let words: String
        /// Where; of a character that may not be in a text, how many bytes stand before it.
        let place: Place?

        enum Place {
            case mark(TextMark)
            case offset(Int)
        }
    }

    /// libyaml keeps its own address.
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    /// Of the last event.
    private(set) var mark = TextMark(line: 1, column: 1)
    /// What was written before it that says more than the value: `!tag`, `&anchor`.
    private(set) var isTagged = false
    private(set) var isAnchored = false

    init(_ text: UnsafeBufferPointer<UInt8>) {
        parser.initialize(to: yaml_parser_t())
        // Where it fails, for want of memory, there is no first event.
        _ = yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    mutating func next() throws(Problem) -> Event {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw problem }
            defer { yaml_event_delete(&event) }
            mark = TextMark(event.start_mark)
            switch event.type {
            case YAML_SCALAR_EVENT:
                let scalar = event.data.scalar
                (isTagged, isAnchored) = (scalar.tag != nil, scalar.anchor != nil)
                let text = UnsafeBufferPointer(start: scalar.value, count: scalar.value == nil ? 0 : scalar.length)
                return .scalar(String(decoding: text, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            case YAML_SEQUENCE_START_EVENT:
                let start = event.data.sequence_start
                (isTagged, isAnchored) = (start.tag != nil, start.anchor != nil)
                return .sequence
            case YAML_MAPPING_START_EVENT:
                let start = event.data.mapping_start
                (isTagged, isAnchored) = (start.tag != nil, start.anchor != nil)
                return .mapping
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT, YAML_DOCUMENT_END_EVENT: return .end
            case YAML_ALIAS_EVENT: return .alias
            case YAML_DOCUMENT_START_EVENT: return .documentStart
            case YAML_STREAM_START_EVENT: continue
            case YAML_STREAM_END_EVENT: return .streamEnd
            default: throw problem
            }
        }
    }

    private var problem: Problem {
        let parser = parser.pointee
        let words = [parser.context, parser.problem].compactMap { $0.map { String(cString: $0) } }.joined(separator: ", ")
        return switch parser.error {
        case YAML_READER_ERROR: Problem(words: words, place: .offset(parser.problem_offset))
        case YAML_SCANNER_ERROR, YAML_PARSER_ERROR: Problem(words: words, place: .mark(TextMark(parser.problem_mark)))
        default: Problem(words: words, place: nil)
        }
    }
}

extension TextMark {
    fileprivate init(_ mark: yaml_mark_t) { self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1) }
}
