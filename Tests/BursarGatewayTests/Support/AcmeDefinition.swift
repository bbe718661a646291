/// A definition of a provider that nobody has, for what an answer or a mapping of one's own is needed for.
enum AcmeDefinition {
    /// - Parameters:
    ///   - schema: of the answer, and an example of it, in YAML's flow style.
    ///   - mapping: the members of `x-bursar` beside `id`, in the same style.
    static func yaml(schema: String, example: String, mapping: String) -> String {
        """
        openapi: 3.1.0
        info: {title: Acme, version: "1"}
        servers: [{url: "https://api.acme.example"}]
        security: [{key: []}]
        components: {securitySchemes: {key: {type: http, scheme: bearer}}}
        paths:
          /balance:
            get:
              responses:
                "200":
                  description: ok
                  content: {application/json: {schema: \(schema), example: \(example)}}
        x-bursar: {id: acme, \(mapping)}
        """
    }
}
