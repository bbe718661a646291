import BursarCatalog
@testable import BursarConfiguration
import BursarHTTP
import BursarModel

@testable import BursarGateway

extension FuzzTarget {
    /// What callers send where credentials stand.
    static let token = FuzzTarget(
        "token", home: "BursarGatewayTests", longest: 256,
        words: [
            "bur_", "Bearer ", "bearer  ", "Token ", "Basic ", "YnVyXw", "dTpi", "\nauthorization: ", "\nbursar-token: ",
            "\nx-api-key: ", goodToken, ":", "=="
        ],
        seeds: {
            [
                "authorization: Bearer \(goodToken)", "x-api-key: \(goodToken)",
                "authorization: Token \(goodToken)\nbursar-token: x"
            ]
            .map { Array($0.utf8) }
        }, checkToken)

    /// Of no client anywhere: its checksum is right.
    private static let goodToken = {
        let body = Array("bur_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg".utf8)
        return String(decoding: body + ClientToken.checksum(of: body), as: UTF8.self)
    }()
}

private let plans: [AuthPlan?] = [
    nil, AuthPlan(displayName: "X-API-Key", scheme: .apiKey(prefix: "")),
    AuthPlan(displayName: "Authorization", scheme: .apiKey(prefix: "Token ")),
    AuthPlan(displayName: "Authorization", scheme: .apiKey(prefix: "Bearer ")),
    AuthPlan(displayName: "Authorization", scheme: .basic)
]

/// One changed character makes a token malformed; a token that is read is never taken for a provider's credential.
private func checkToken(_ bytes: [UInt8]) throws(BrokenRule) {
    try checkForm(bytes)
    let lines = bytes.split(separator: 0x0A).compactMap { line -> (name: String, value: String)? in
        let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return (String(decoding: parts[0], as: UTF8.self).lowercased(), String(decoding: parts[1], as: UTF8.self))
    }
    var headers = HeaderFields()
    for line in lines { headers.add(line.name, line.value) }
    for plan in plans {
        let presented = PresentedToken.read(headers, auth: plan)
        guard let plan else { continue }
        let values = headers.all(plan.headerName)
        guard values.count == 1, let credential = plan.credential(inHeaderValue: values[0]) else { continue }
        switch presented {
        case .none:
            // What goes to a provider as a caller's own key is looked at once more: a token must be known by then, whatever is around it.
            let isToken = credential.withExposedBytes { ClientToken.form(of: $0) != .foreign }
            try demand(!isToken, "a token is read as a provider's credential")
        case .token, .malformed, .foreign, .several: break
        }
    }
}

private func checkForm(_ bytes: [UInt8]) throws(BrokenRule) {
    let form = bytes.withUnsafeBytes { ClientToken.form(of: $0) }
    try demand((form == .foreign) == !bytes.starts(with: Array("bur_".utf8)), "foreign or not is not what the prefix says")
    let secret = Secret(bytes)
    if form != .foreign { try demand(ClientToken.isWithin(secret), "a token is not found in itself") }
    guard form == .wellFormed else { return }
    try demand(bytes.count == ClientToken.length, "a token of another length")
    for index in bytes.indices.dropFirst(4) {
        var other = bytes
        other[index] = other[index] == 0x41 ? 0x42 : 0x41
        try demand(other.withUnsafeBytes { ClientToken.form(of: $0) } == .malformed, "a typing mistake is not noticed")
    }
}
