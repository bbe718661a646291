import BursarModel

/// What a draft is made of. *Value.*
struct DraftSource: Sendable {
    /// How the key is sent. *Value.*
    enum Scheme: Sendable, Equatable {
        case bearer
        case basic
        case header(String)
    }

    /// A documented error with an example. *Value.*
    struct Failure: Sendable {
        let key: String
        let description: String
        let example: JSONValue
    }

    var title: String
    /// Where the facts are from, for `source`.
    var origin: String
    var documentation: String?
    var server: String
    /// Name, default and documented values of what stands in braces in ``server``.
    var variables: JSONValue?
    var path: String
    var method = ProviderDefinition.Method.get
    var scheme = Scheme.bearer
    var status = "200"
    var schema: JSONValue?
    var example: JSONValue
    /// Pairs of the query that the request cannot do without.
    var query: [String] = []
    var errors: [Failure] = []
    var otherPaths: [String] = []
    /// Why ``server`` is a guess, for its mark; nil where the source says it.
    var serverGuess: String?
    /// What nothing in the source says, for the marks.
    var isSchemeGuessed = false
    var isExampleMade = false
    var isDocumented = false

    static let unknownServer = "nothing says where the provider is"

    /// One saved answer says nothing of the request. The host is one that leads nowhere, so that no key is sent to a guess.
    init(answer: JSONValue, of id: ProviderID, file: String) throws(DefinitionDraft.Refusal) {
        guard answer.object != nil || answer.elements != nil else {
            throw .init(description: "\(file): an OpenAPI document has paths, and an answer is a JSON object or list")
        }
        title = id.name
        origin = "an answer that was saved"
        server = "https://\(id.name).invalid"
        path = "/balance"
        example = answer
        serverGuess = Self.unknownServer
        isSchemeGuessed = true
    }

    init(title: String, origin: String, server: String, path: String, example: JSONValue) {
        self.title = title
        self.origin = origin
        self.server = server
        self.path = path
        self.example = example
        isDocumented = true
    }
}
