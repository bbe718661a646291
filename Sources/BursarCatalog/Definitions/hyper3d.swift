extension BuiltInDefinitions {
    static let hyper3d: StaticString = #"""
        openapi: 3.1.0
        info: {title: Hyper3D Rodin balance, version: 2.0.0}
        servers: [{url: "https://api.hyper3d.com"}]
        security: [{bearer: []}]

        x-bursar:
          id: hyper3d
          title: Hyper3D Rodin
          environment: [HYPER3D_API_KEY, RODIN_API_KEY]
          # Stands beside the data and is null when all is well.
          success: {error: null}
          message: message
          amounts:
            # Documented as int; jobs cost halves.
            - {unit: credits, available: balance}

        paths:
          /api/v2/check_balance:
            get:
              summary: Check Balance
              description: The remaining credits in your account.
              responses:
                "200": {$ref: "#/components/responses/Balance"}
                # What the provider's own OpenAPI document says.
                "201": {$ref: "#/components/responses/Balance"}
                "400":
                  description: Bad request
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {error: BAD_REQUEST, message: Bad request}
                "401":
                  description: Missing or invalid token
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {error: UNAUTHORIZED, message: Invalid token}
                "403":
                  description: Not allowed
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {error: FORBIDDEN, message: Not allowed}
                "500":
                  description: Internal server error
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Error"}
                      example: {error: INTERNAL_ERROR, message: Internal server error}

        components:
          securitySchemes:
            bearer: {type: http, scheme: bearer}
          responses:
            Balance:
              description: The balance.
              content:
                application/json:
                  schema:
                    type: object
                    required: [balance]
                    properties:
                      balance: {type: number, description: Balance of account.}
                      error: {type: [string, object, "null"]}
                      message: {type: [string, "null"]}
                  example: {balance: 97.5}
          schemas:
            Error:
              type: object
              required: [error]
              properties:
                error: {type: string}
                message: {type: [string, "null"]}
        """#
}
