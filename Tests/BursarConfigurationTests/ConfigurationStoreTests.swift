@testable import BursarConfiguration
import TestSupport
import Testing

@Suite struct ConfigurationStoreTests {
    private func store(_ yaml: String, environment: [String: String] = [:], home: String? = nil) -> ConfigurationResult {
        let sources = ConfigurationSources.memory(
            environment: environment, home: home, files: ["/etc/bursar/bursar.yaml": yaml + "\naccounts: []"])
        return ConfigurationReader(sources: sources).read(ConfigurationRequest(path: "/etc/bursar/bursar.yaml"))
    }

    @Test func `without a word it is where state belongs`() {
        let all = ["STATE_DIRECTORY": "/var/lib/bursar:/var/lib/other", "XDG_STATE_HOME": "/home/op/state"]
        #expect(store("", environment: all, home: "/home/op").configuration?.store == .sqlite(path: "/var/lib/bursar/bursar.db"))
        let user = ["STATE_DIRECTORY": "", "XDG_STATE_HOME": "/home/op/state"]
        #expect(
            store("", environment: user, home: "/home/op").configuration?.store
                == .sqlite(path: "/home/op/state/bursar/bursar.db"))
        // The specification wants a relative one ignored.
        let relative = ["XDG_STATE_HOME": "state"]
        #expect(
            store("", environment: relative, home: "/home/op").configuration?.store
                == .sqlite(path: "/home/op/.local/state/bursar/bursar.db"))
        #expect(store("").configuration?.store == .memory(.noFolder))
        let environmentAlone = ConfigurationReader(sources: .memory(home: "/home/op")).read(ConfigurationRequest())
        #expect(environmentAlone.configuration?.store == .sqlite(path: "/home/op/.local/state/bursar/bursar.db"))
    }

    @Test func `a path starts where the configuration stands, or at home`() {
        #expect(store("store: memory", home: "/home/op").configuration?.store == .memory(.chosen))
        #expect(store("store: sqlite:/srv/x.sqlite3").configuration?.store == .sqlite(path: "/srv/x.sqlite3"))
        #expect(store("store: sqlite:state/x.db").configuration?.store == .sqlite(path: "/etc/bursar/state/x.db"))
        #expect(store("store: sqlite:~/x.sqlite", home: "/home/op").configuration?.store == .sqlite(path: "/home/op/x.sqlite"))
    }

    @Test func `anything else is an error with what was meant`() {
        #expect(store("store: /srv/x.db").errors == ["1:8: store must be memory or sqlite:PATH; did you mean sqlite:/srv/x.db?"])
        #expect(store("store: memroy").errors == ["1:8: store must be memory or sqlite:PATH; did you mean memory?"])
        #expect(store("store: postgres://x").errors == ["1:8: store must be memory or sqlite:PATH"])
        #expect(store("store: sqlite:/etc/passwd").errors == ["1:8: the store's file must be named *.db, *.sqlite, *.sqlite3"])
        #expect(store("store: sqlite:~/x.db").errors == ["1:8: ~ stands for $HOME, which is not set"])
        #expect(store("store:").errors.count == 1)
        #expect(store("store: [memory]").errors.count == 1)
        #expect(store("database: x.db").errors == ["1:1: unknown key \"database\" in the configuration; did you mean store?"])
    }

    @Test func `one that cannot be used is a warning and no error`() {
        var sources = ConfigurationSources.memory(
            home: "/home/op", files: ["bursar.yaml": "accounts: []\nstore: sqlite:/srv/x.db"])
        sources.checkStore = { path in
            path == "/srv/x.db" ? StoreProblem(words: "may not be opened by this user") : nil
        }
        let result = ConfigurationReader(sources: sources).read(ConfigurationRequest())
        #expect(result.warnings == ["2:8: /srv/x.db may not be opened by this user; serve would keep everything in memory"])
        #expect(result.exitCode == 0)
        let report = CheckReport(result).text
        #expect(report.contains("\nstore          /srv/x.db\n") && report.hasSuffix("\nok, with 1 warning\n"))
    }
}
