extension BuiltInDefinitions {
    static let sunor: StaticString = #"""
        openapi: 3.1.0
        info: {title: Sunor account balance, version: 1.0.0}
        servers: [{url: "https://sunor.cc"}]
        security: [{apiKey: []}]

        x-bursar:
          id: sunor
          title: Sunor
          environment: [SUNOR_API_KEY]
          # One window for all endpoints of a key: what is polled here is taken from the user's tasks.
          limit: 120 per 1m
          root: data
          success: {code: 200}
          codes: {at: code}
          message: message
          amounts:
            - unit: credits
              available: available
              reserved: frozen
              # May be absent; it is documented as this sum.
              total: [total, available + frozen]

        paths:
          /api/v1/account/balance:
            get:
              summary: Get Balance
              description: Available credits and credits frozen by tasks in progress.
              responses:
                "200":
                  description: The balance.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [code, data]
                        properties:
                          code: {type: integer, description: HTTP status code (200 on success).}
                          message: {type: [string, "null"]}
                          data:
                            type: object
                            required: [available, frozen]
                            properties:
                              available: {type: number, description: Credits available to spend on new tasks.}
                              frozen: {type: number, description: Credits reserved by tasks in progress.}
                              total: {type: [number, "null"], description: available + frozen}
                      examples:
                        page: {value: {code: 200, data: {available: 950, frozen: 10, total: 960}}}
                        without total: {value: {code: 200, data: {available: 950, frozen: 10}}}
                "401":
                  description: Missing or invalid API key
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      examples:
                        invalid: {value: {code: 401, message: Invalid API key}}
                        missing: {value: {code: 401, message: Missing x-api-key header}}
                "402":
                  description: Out of credits
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {code: 402, message: Insufficient credits}
                "429":
                  description: Too many requests, with Retry-After
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {code: 429, message: Rate limit exceeded. Try again in 30 seconds.}
                "500":
                  description: Internal server error
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {code: 500, message: Internal server error}
                "502":
                  description: Bad gateway
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {code: 502, message: Bad gateway}

        components:
          securitySchemes:
            apiKey: {type: apiKey, in: header, name: x-api-key}
          schemas:
            Error:
              type: object
              required: [code, message]
              properties:
                code: {type: integer}
                message: {type: string}
        """#
}
