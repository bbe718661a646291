import BursarHTTP
import Testing

@Suite struct HeaderFieldsTests {
    @Test func `names match in any case and keep their order`() {
        let fields: HeaderFields = ["Content-Type": "text/plain", "x-a": "1", "X-A": "2"]
        #expect(fields["CONTENT-TYPE"] == "text/plain")
        #expect(fields.all("x-a") == ["1", "2"])
        #expect(fields.list("X-a") == "1, 2")
        #expect(fields.map(\.name) == ["content-type", "x-a", "x-a"])
        #expect(fields["x"] == nil)
        #expect(fields.list("x") == nil)
    }

    @Test func `setting a field replaces all of that name, and nil removes them`() {
        var fields: HeaderFields = ["a": "1", "b": "2", "A": "3"]
        fields["a"] = "4"
        #expect(fields.map(\.value) == ["2", "4"])
        fields["B"] = nil
        #expect(fields == ["a": "4"])
    }

    @Test func `a value from elsewhere cannot write a second field`() {
        var fields = HeaderFields()
        fields.add("location", "/\r\nset-cookie: a=b\0")
        #expect(fields["location"] == "/  set-cookie: a=b ")
        fields.add("bad name", "x")
        fields.add("", "x")
        #expect(fields.count == 1)
    }

    @Test func `a value can be read without making text of it`() {
        let fields: HeaderFields = ["x-api-key": "abc"]
        #expect(fields.withValue("X-API-Key") { Array($0) } == Array("abc".utf8))
        #expect(fields.withValue("other") { $0.count } == nil)
    }

    @Test func `a field says something only where it stands once and with exactly these bytes`() {
        let fields: HeaderFields = ["accept": "*/*", "vary": "a", "Vary": "b"]
        #expect(fields.says("Accept", "*/*"))
        #expect(!fields.says("accept", "*/"))
        #expect(!fields.says("accept", "*/*;q=1"))
        #expect(!fields.says("vary", "a"))
        #expect(!fields.says("host", ""))
    }

    @Test func `gzip is wanted where a field of the request names it`() {
        #expect(HeaderFields().contentCoding(gzipExists: true) == .identity)
        let inTwoFields: HeaderFields = ["accept-encoding": "br", "Accept-Encoding": "gzip;q=0.5"]
        #expect(inTwoFields.contentCoding(gzipExists: true) == .gzip)
        let refused: HeaderFields = ["accept-encoding": "gzip;q=0"]
        #expect(refused.contentCoding(gzipExists: true) == .identity)
        let nothing: HeaderFields = ["accept-encoding": "identity;q=0"]
        #expect(nothing.contentCoding(gzipExists: false) == nil)
    }
}
