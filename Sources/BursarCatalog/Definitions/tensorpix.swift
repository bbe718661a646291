extension BuiltInDefinitions {
    static let tensorpix: StaticString = #"""
        openapi: 3.1.0
        info: {title: TensorPix account balance, version: 1.1.0}
        externalDocs: {url: "https://docs.tensorpix.ai"}
        servers: [{url: "https://backend.tensorpix.ai"}]
        security: [{tokenAuth: []}]

        x-bursar:
          id: tensorpix
          title: TensorPix
          environment: [TENSORPIX_API_KEY]
          # apiKey schemes carry the bare key; here a word stands before it.
          prefix: "Token "
          message: detail
          amounts:
            # The prose says "Credits", the field says USD: what is counted is dollars.
            - unit: USD
              available: balance_usd

        paths:
          # The trailing slash belongs to it: without, the server redirects.
          /api/accounts/profile/balance/:
            get:
              summary: Account Credits balance
              description: The credits balance of the current account.
              operationId: accounts_profile_balance_retrieve
              responses:
                "200":
                  description: The balance.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/CreditsBalance"}
                      example: {balance_usd: "12.3400"}
                "401":
                  description: No token, or an invalid one.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/UnauthenticatedError"}
                      examples:
                        invalid: {value: {detail: Invalid token.}}
                        missing: {value: {detail: Authentication credentials were not provided.}}
                "403":
                  description: The plan, or the account, does not allow it.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/ForbiddenError"}
                      example: {detail: You do not have permission to perform this action.}
                "429":
                  description: Throttled. Retry-After, in seconds, where the wait is known.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/RateLimitError"}
                      examples:
                        known: {value: {detail: Request was throttled. Expected available in 17 seconds.}}
                        unknown: {value: {detail: Request was throttled.}}

        components:
          securitySchemes:
            tokenAuth: {type: apiKey, in: header, name: Authorization, description: 'With the prefix "Token"'}
          schemas:
            CreditsBalance:
              type: object
              required: [balance_usd]
              properties:
                balance_usd:
                  type: string
                  format: decimal
                  # Admits "", "-" and ".", too, which are no numbers: the mapping refuses them.
                  pattern: '^-?\d{0,10}(?:\.\d{0,4})?$'
            UnauthenticatedError: {$ref: "#/components/schemas/Detail"}
            ForbiddenError: {$ref: "#/components/schemas/Detail"}
            RateLimitError: {$ref: "#/components/schemas/Detail"}
            Detail:
              type: object
              required: [detail]
              properties:
                detail: {type: string}
        """#
}
