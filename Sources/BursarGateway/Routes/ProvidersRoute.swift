import BursarBasics
import BursarCatalog
import BursarHTTP
import BursarModel

/// `GET /v1/providers`: definitions and account names. *Immutable; any thread.*
struct ProvidersRoute: Route {
    private let document: MadeDocument

    init(_ parts: RouteParts) {
        let (catalog, directory) = (parts.catalog, parts.directory)
        document = MadeDocument(vary: parts.vary) { Self.json(catalog, directory) }
    }

    func respond(to call: RouteCall) -> Reply { document.reply(to: call) }

    private static func json(_ catalog: Catalog, _ directory: AccountDirectory) -> [UInt8] {
        var json = JSONText(reserving: 4_096)
        json.object { json in
            json.string("schema", "bursar.providers.v1")
            json.array("providers") { json in
                // What is in use comes first: there are many that are not.
                let definitions = catalog.definitions
                let isUsed = { (definition: ProviderDefinition) in !directory.indices(of: definition.id).isEmpty }
                for definition in definitions.filter(isUsed) + definitions.filter({ !isUsed($0) }) {
                    json.object { json in write(definition, directory, into: &json) }
                }
            }
        }
        return json.bytes
    }

    private static func write(_ definition: ProviderDefinition, _ directory: AccountDirectory, into json: inout JSONText) {
        json.string("id", definition.id.name)
        json.string("title", definition.title)
        json.string("documentation", definition.documentationURL)
        json.string("top_up", definition.links.topUp)
        json.string("status_page", definition.links.status)
        json.string("note", definition.note)
        json.object("provenance") { json in
            json.string("verified", definition.provenance.certainty?.rawValue)
            json.string("by", definition.provenance.witness)
            json.string("on", definition.provenance.witnessed)
            json.string("read", definition.provenance.read)
            json.strings("sources", definition.provenance.sources)
        }
        json.string("route", "/providers/\(definition.id)\(definition.path)")
        json.object("auth") { json in
            json.string("header", definition.auth.headerName)
            json.string("second_header", definition.auth.secondHeader?.lowercased())
            json.string("scheme", definition.auth.words)
        }
        json.strings("units", definition.unitNames)
        json.strings("environment", definition.environmentVariables)
        json.strings("accounts", directory.indices(of: definition.id).map { directory[$0].id.account.name })
    }
}
