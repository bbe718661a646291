package import BursarCatalog
import BursarModel

/// Finds, reads and checks a configuration; `serve`, `check` and a reload all come through here. *Value;* blocks while it reads
/// files.
package struct ConfigurationReader: Sendable {
    let sources: ConfigurationSources
    private let builtIn: Result<Catalog, CatalogDiagnostics>

    /// - Parameter builtIn: the catalog that `providers:` adds to; the program's own where none is given.
    package init(sources: ConfigurationSources, builtIn: Catalog? = nil) {
        self.sources = sources
        self.builtIn = builtIn.map { .success($0) } ?? Result { () throws(CatalogDiagnostics) in try Catalog.builtIn() }
    }

    private init(sources: ConfigurationSources, builtIn: Result<Catalog, CatalogDiagnostics>) {
        (self.sources, self.builtIn) = (sources, builtIn)
    }

    /// Reads, but waits for no file longer than ``ConfigurationSources/patience``.
    package func read(_ request: ConfigurationRequest) -> ConfigurationResult {
        guard let patience = sources.patience else { return readNow(request) }
        let watch = ReadingWatch()
        let reader = ConfigurationReader(sources: sources.watched(by: watch), builtIn: builtIn)
        switch watch.run(patience: patience, { reader.readNow(request) }) {
        case .read(let result): return result
        case .hangs(let path):
            return hanging(
                ConfigurationPlace(file: ShowableText.path(path)),
                "gives nothing within \(DurationText.format(patience)): a mount that hangs, or a pipe that nobody writes")
        case .tooManyHang:
            return hanging(
                ConfigurationPlace(file: "the file system"), "still keeps \(ReadingWatch.mostHanging) earlier readings waiting")
        }
    }

    private func hanging(_ place: ConfigurationPlace, _ message: String) -> ConfigurationResult {
        var problems = ConfigurationProblems()
        problems.error(place, message)
        return ConfigurationResult(
            .file(path: place.file), nil, (try? builtIn.get()) ?? .empty, problems, exitCode: ConfigurationResult.missingFile)
    }

    /// By the contract's order: `--config`, `$BURSAR_CONFIG`, `./bursar.yaml` if there is one, else the environment alone.
    private func readNow(_ request: ConfigurationRequest) -> ConfigurationResult {
        var problems = ConfigurationProblems()
        if let path = request.path { return read(file: path, named: "--config", request, problems) }
        if let path = sources.environment["BURSAR_CONFIG"] {
            if path.contains(where: { !$0.isWhitespace }) { return read(file: path, named: "BURSAR_CONFIG", request, problems) }
            problems.warning(ConfigurationPlace(file: "$BURSAR_CONFIG"), "is set and blank, and so says nothing")
        }
        let standard = "bursar.yaml"
        switch sources.readFile(standard, ConfigurationLimits.fileBytes) {
        case .failure(.notFound):
            if case .success = sources.readFile("bursar.yml", ConfigurationLimits.fileBytes) {
                problems.warning(ConfigurationPlace(file: "bursar.yml"), "is not read", meant: standard)
            }
            return environmentAlone(request, problems)
        case .failure(let problem): return unreadable(standard, named: nil, problem, problems)
        case .success(let content): return parse(content, path: standard, request, problems)
        }
    }

    private func read(
        file path: String, named name: String, _ request: ConfigurationRequest, _ problems: ConfigurationProblems
    ) -> ConfigurationResult {
        switch sources.readFile(path, ConfigurationLimits.fileBytes) {
        case .failure(let problem): unreadable(path, named: name, problem, problems)
        case .success(let content): parse(content, path: path, request, problems)
        }
    }

    private func unreadable(
        _ path: String, named name: String?, _ problem: FileProblem, _ problems: ConfigurationProblems
    ) -> ConfigurationResult {
        var problems = problems
        problems.error(ConfigurationPlace(file: ShowableText.fileName(path)), Self.words(problem, named: name))
        var exit = ConfigurationResult.missingFile
        if case .tooLarge = problem { exit = ConfigurationResult.badConfiguration }
        return ConfigurationResult(.file(path: path), nil, (try? builtIn.get()) ?? .empty, problems, exitCode: exit)
    }

    /// - Parameter name: what named the file; nil where nothing did.
    static func words(_ problem: FileProblem, named name: String?) -> String {
        problem.words + (name.map { " (named by \($0))" } ?? "")
    }

    private func parse(
        _ content: FileContent, path: String, _ request: ConfigurationRequest, _ problems: ConfigurationProblems
    ) -> ConfigurationResult {
        var parser = ConfigurationParser(file: path, sources: sources)
        parser.problems = problems
        let configuration = parser.configuration(content, builtIn: parser.catalog(builtIn), request)
        return ConfigurationResult(.file(path: path), configuration, parser.knownCatalog, parser.problems)
    }

    private func environmentAlone(_ request: ConfigurationRequest, _ problems: ConfigurationProblems) -> ConfigurationResult {
        var parser = ConfigurationParser(file: "the environment", sources: sources)
        parser.problems = problems
        let configuration = parser.configurationFromEnvironment(builtIn: parser.catalog(builtIn), request)
        return ConfigurationResult(.environment, configuration, parser.knownCatalog, parser.problems)
    }
}

extension ConfigurationResult {
    static let missingFile: Int32 = 66
    static let badConfiguration: Int32 = 78

    init(
        _ origin: ConfigurationOrigin, _ configuration: Configuration?, _ catalog: Catalog, _ problems: ConfigurationProblems,
        exitCode: Int32 = badConfiguration
    ) {
        self.init(
            configuration: problems.hasErrors ? nil : configuration, origin: origin, catalog: catalog,
            diagnostics: problems.sortedDiagnostics(of: origin), findings: problems.sortedFindings(of: origin),
            errorCount: problems.errorCount,
            exitCode: problems.hasErrors ? exitCode : 0)
    }
}
