import BursarCatalog

/// `{"text": …}`, as Slack's incoming webhooks take it, and Mattermost's, and Discord's under `/slack`. Pure.
enum SlackMessage {
    static func body(_ message: AlertText) -> [UInt8] {
        JSONWriter.compact(["text": .string(escaped(message.lines.joined(separator: "\n")))])
    }

    /// The three characters that mean something there.
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
