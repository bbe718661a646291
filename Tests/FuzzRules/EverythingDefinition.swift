/// A definition that says everything a definition can say. *Constant.*
enum EverythingDefinition {
    static let id = "everything"
    static let yaml = #"""
        openapi: 3.1.0
        info: {title: Every Thing, version: 1.0.0}
        externalDocs: {url: "https://docs.example.com/balance"}
        servers:
          - url: "https://{region}.api.example.com/base"
            variables: {region: {default: eu, enum: [eu, us]}}
        security: [{key: []}]

        x-bursar:
          id: everything
          title: Every Thing
          source: [https://docs.example.com/balance, A page]
          read: 2026-11-26
          verified: {live: Jane Doe, on: 2026-12-01}
          note: The key must be an admin key.
          links: {documentation: "https://docs.example.com/balance", top_up: "https://example.com/billing", status: "https://status.example.com"}
          environment: [EVERY_THING_KEY]
          path: /v1/{team}/balance
          prefix: "Key "
          query: "expand=credits&since={now_ms-30d}&project={project?}"
          headers: {X-Api-Version: "2024-06", X-Trace: "{uuid}", X-Project: "{project?}"}
          limit: 120 per 1m
          ttl: 5m
          private: [email, "cards[].digits", data.email]
          root: [data, $]
          success: {"ok?": [true, 1], error: null}
          codes: {at: [error.code, code], map: {1002: unauthorized, QUOTA: rate_limited, EMPTY: depleted, NO_PLAN: none}}
          statuses: {400: unauthorized, 402: depleted, 5XX: upstream_error}
          first: main_currency
          message: [error.message, /message]
          amounts:
            - each: wallets
              unit: {at: currency, names: {usd: USD, "€": EUR}, known: [USD, EUR]}
              scale: 0.0001
              words: {unlimited: unlimited, null: unknown, "n/a": unknown}
              available: [free, bought - used?]
              reserved: held?
            - unit: credits
              where: {"state?": [active, trial], "ends?": future}
              available: sum(grants[].left)
              granted: sum(grants[].size)
            - unit: credits
              part: plan
              scale: 1/60
              decimals: 2
              available: plan.limit? - plan.used?0
              limit: plan.limit?
              used: plan.used?
              unlimited: plan.is_unlimited
              resets: [plan.renews_at, plan.ends]
              expires: plan.expires
              words: {-1: unlimited, "": unknown, gone: depleted, none: none}
            - each: accounts
              merge: sum
              unit: {at: unit, money: true}
              available: left?
            - unit: {parameter: region, names: {eu: EUR, us: USD}}
              part: region
              available: regional?
            - unit: points
              available: -owed?
              total: /odd.name
          low: not is_available
          as_of: updated_at

        paths:
          /v1/{team}/balance:
            parameters: [{name: team, in: path, required: true, schema: {type: string}}]
            get:
              responses:
                "200":
                  description: The balance
                  content:
                    application/json:
                      schema:
                        anyOf:
                          - {type: object, required: [data], properties: {data: {$ref: "#/components/schemas/Balance"}}}
                          - {$ref: "#/components/schemas/Balance"}
                      examples:
                        whole:
                          value:
                            ok: true
                            data:
                              wallets:
                                - {currency: usd, free: 120000, held: "10"}
                                - {currency: "€", bought: 50, used: 20}
                                - {currency: GBP, free: unlimited}
                              grants: [{left: 1.50, size: 2}, {left: 0.25, size: 3}]
                              main_currency: USD
                              plan: {limit: 600, used: 60, is_unlimited: false, renews_at: "2099-12-01", expires: 4092249600}
                              accounts: [{unit: jpy, left: 1}, {unit: GBP, left: 2.5}, {unit: gbp, left: 1}]
                              regional: 5
                              owed: 3
                              odd.name: 7
                              is_available: true
                              updated_at: 1738356858.25
                        bare: {value: {wallets: [], grants: [{left: 1, size: 2}], accounts: [], odd.name: 0}}
                        spent:
                          value:
                            email: a@example.com
                            cards: [{digits: "4242"}]
                            wallets: []
                            accounts: []
                            grants: [{left: 1, size: 2, state: ended, ends: 978307200}]
                            plan: {limit: gone, is_unlimited: false}
                            odd.name: 0
                4XX:
                  description: An error
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {error: {code: 401, message: Unknown key}}
                default:
                  description: Another
                  content:
                    application/json:
                      schema: {type: object, required: [message], properties: {message: {type: string, minLength: 1}}}
                      example: {message: Down}

        components:
          securitySchemes:
            key: {type: apiKey, in: header, name: Authorization}
          schemas:
            Balance:
              type: object
              required: [wallets, grants, odd.name]
              properties:
                wallets:
                  type: array
                  maxItems: 5
                  items:
                    type: object
                    required: [currency]
                    properties:
                      currency: {type: string, maxLength: 8, pattern: '^([A-Za-z]{3}|€)$'}
                      free: {oneOf: [{type: number, minimum: -1e9}, {type: string, enum: [unlimited, n/a]}, {type: "null"}]}
                      held: {type: [number, string, "null"], not: {const: nothing}}
                grants: {type: array, minItems: 1, items: {type: object, properties: {left: {type: number, exclusiveMaximum: 1e30}}}}
                owed: {type: number, nullable: true}
                odd.name: {type: number, minimum: -1e9}
                is_available: {type: boolean}
                updated_at: {type: [number, string]}
              not: {required: [poison]}
            Error:
              type: object
              required: [error]
              additionalProperties: false
              properties:
                error:
                  allOf:
                    - {type: object, required: [code]}
                    - {type: object, required: [message], properties: {message: {type: string}}}
                code: {type: [integer, string]}
        """#
}
