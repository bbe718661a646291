import BursarCatalog

/// `{"text": …}`, as Slack's incoming webhooks take it, and Mattermost's, and Discord's under `/slack`. Pure.
enum SlackMessage {
    static func body(_ message: AlertText) -> [UInt8] {
        let text = message.text(upTo: mostCharacters) { character in
            character.unicodeScalars.reduce(0) { $0 + escaped($1).utf16.count }
        }
        return JSONWriter.compact(["text": .string(text.unicodeScalars.map { escaped($0) }.joined())])
    }

    /// Discord answers 400 to more. What it counts as a character is not documented: UTF-16 units as they are sent are no fewer.
    private static let mostCharacters = 2_000

    /// The three characters that mean something there.
    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        default: String(scalar)
        }
    }
}
