extension BuiltInDefinitions {
    static let legnext: StaticString = #"""
        openapi: 3.1.0
        info: {title: Legnext account balance, version: 1.0.0}
        servers: [{url: "https://api.legnext.ai"}]
        security: [{apiKey: []}]

        x-bursar:
          id: legnext
          title: Legnext
          environment: [LEGNEXT_API_KEY]
          # An envelope in the client library and the docs, the bare object on the page.
          root: [data, $]
          # Present on success, too, as 200 and 0: only another value is an error.
          success: {"code?": 200, "error.code?": 0}
          codes: {at: [error.code, code]}
          message: [message, error.message]
          amounts:
            - {unit: USD, available: balance_usd}
            # 1,000 of either are a dollar; they are never added up.
            - {unit: credits, available: available_credits}
            - {unit: points, available: available_points}
          low: low_balance_alert
          # 0001-01-01T00:00:00Z means unset, as any time before 1970 does.
          as_of: updated_at

        paths:
          /api/account/balance:
            get:
              summary: Retrieve Account Balance and Credit Information
              operationId: apiAccountBalanceGet
              responses:
                "200":
                  description: Successful response
                  content:
                    application/json:
                      schema:
                        anyOf:
                          - {$ref: "#/components/schemas/Envelope"}
                          - {$ref: "#/components/schemas/Balance"}
                      examples:
                        envelope:
                          value:
                            code: 200
                            data:
                              account_id: 1
                              balance_usd: 72.048
                              available_credits: 71000
                              available_points: 1048
                              alert_threshold: 10
                              low_balance_alert: false
                              updated_at: "2025-11-05T08:22:37.784663288Z"
                            message: success
                        older:
                          value:
                            code: 200
                            data: {account_id: 1, balance_usd: 72.048, available_credits: 71000, available_points: 1048}
                            message: success
                        flat:
                          value:
                            account_id: 1
                            balance_usd: 72.048
                            available_credits: 71000
                            available_points: 1048
                            alert_threshold: 10
                            low_balance_alert: false
                            updated_at: "0001-01-01T00:00:00Z"
                "400":
                  description: Bad request
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      examples:
                        flat: {value: {code: 400, message: invalid request}}
                        nested: {value: {error: {code: 400, message: invalid request}}}
                "401":
                  description: Missing or invalid API key
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {code: 401, message: invalid api key}
                "403":
                  description: Not allowed
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {code: 403, message: forbidden}
                "429":
                  description: Too many requests
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {code: 429, message: too many requests}
                "500":
                  description: Internal server error
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {code: 500, message: internal server error}
                "503":
                  description: Unavailable. Also sent with status 200.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {code: 503, message: service unavailable}

        components:
          securitySchemes:
            apiKey: {type: apiKey, in: header, name: x-api-key}
          schemas:
            Envelope:
              type: object
              required: [data]
              properties:
                code: {type: integer}
                data: {$ref: "#/components/schemas/Balance"}
                message: {type: [string, "null"]}
            Balance:
              type: object
              required: [balance_usd, available_credits, available_points]
              properties:
                account_id: {type: [integer, string]}
                balance_usd: {type: number, description: Current balance in USD}
                available_credits: {type: number, description: Credits available for API usage}
                available_points: {type: number, description: Points balance}
                alert_threshold: {type: [number, "null"], description: Low balance alert threshold (USD)}
                low_balance_alert: {type: [boolean, "null"], description: Whether low balance alert is triggered}
                updated_at: {type: [string, "null"], description: Last update timestamp}
            Error:
              anyOf:
                - type: object
                  required: [code, message]
                  properties:
                    code: {type: integer}
                    message: {type: string}
                - type: object
                  required: [error]
                  properties:
                    error:
                      type: object
                      required: [code, message]
                      properties:
                        code: {type: integer}
                        message: {type: string}
        """#
}
