extension BuiltInDefinitions {
    static let deepixels: StaticString = #"""
        openapi: 3.0.0
        info: {title: Deepixels account balance, version: 1.0.0}
        servers: [{url: "https://api.deepixels.co/v1", description: Production Server}]
        security: [{ApiKeyAuth: []}]

        x-bursar:
          id: deepixels
          title: Deepixels
          environment: [DEEPIXELS_API_KEY]
          # A missing or invalid key is documented under 400 as well as 401.
          statuses: {400: unauthorized}
          message: message
          amounts:
            # The page names no unit: "available credit balance".
            - unit: credits
              available: balance

        paths:
          /account/balance:
            get:
              summary: Get Account Balance
              description: The account's e-mail address and its available credit balance.
              operationId: getAccountBalance
              responses:
                "200":
                  description: User account details retrieved successfully.
                  content:
                    application/json:
                      schema:
                        type: object
                        # Not marked so on the page; without it the body tells no balance.
                        required: [balance]
                        properties:
                          email: {type: string, description: Email}
                          balance: {type: number, description: Available balance}
                      example: {email: owner@example.com, balance: 1250.5}
                "400":
                  description: Invalid or missing API key
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {status: error, message: Invalid or missing API key}
                "401":
                  description: Unauthorized - Invalid or missing API key
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {status: error, message: Unauthorized}
                "500":
                  description: Internal server error
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {status: error, message: Internal server error}

        components:
          securitySchemes:
            ApiKeyAuth: {type: apiKey, in: header, name: x-api-key}
          schemas:
            Error:
              type: object
              properties:
                status: {type: string}
                message: {type: string}
        """#
}
