/// The definitions that are part of the program. Adding one is adding a file beside this one and its line here.
enum BuiltInDefinitions {
    static let files = [
        file("deepixels", deepixels),
        file("tensorpix", tensorpix),
        file("legnext", legnext),
        file("sunor", sunor),
        file("hyper3d", hyper3d)
    ]

    private static func file(_ name: String, _ text: StaticString) -> DefinitionFile {
        DefinitionFile(path: "built-in/\(name).yaml", bytes: text.withUTF8Buffer { Array($0) })
    }
}
