import BursarModel
import Testing

@Suite struct JSONMediaTypeTests {
    @Test(arguments: [
        "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"",
        "application/vnd.api+json", "application/problem+json ; charset=utf-8"
    ])
    func `a type of JSON stays as it came`(type: String) {
        #expect(UpstreamReply(status: 200, contentType: type, body: []).contentType == type)
    }

    /// What a browser would run, what would write a second field, and what is no media type at all.
    @Test(arguments: [
        nil, "", " ", "text/html", "text/html; charset=utf-8", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/json",
        "text/html+json", "text/plain", "application/javascript", "application/", "application/+json", "application/json/html",
        "application/a b+json", "application/json, text/html", "text/html, application/json", "application/json;",
        "application/json; charset=", "application/json; charset=\"\"", "application/json; charset=\"utf-8",
        "application/json; charset=utf-8; boundary=x", "application/json; version=1",
        "application/json; charset=utf-8, text/html", "application/json\r\nX-A: b", "application/json\u{0}",
        "application/js\u{F6}n+json", "*/*", "json",
        "application/" + String(repeating: "a", count: 128) + "+json"
    ])
    func `anything else that a provider calls its body becomes application/json`(type: String?) {
        #expect(UpstreamReply(status: 200, contentType: type, body: []).contentType == "application/json")
    }
}
