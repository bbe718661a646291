import BursarEngine
import BursarSQLite

/// The tables and their versions. A migration that was released is never changed: the next change is a new one.
///
/// Times are milliseconds since 1970 in UTC, durations nanoseconds, amounts the provider's own digits as text. Whoever looks in with
/// `sqlite3` finds the views `balances` and `changes` with times and amounts spelled out.
enum DatabaseSchema {
    /// Each with the name that a file remembers it by.
    static let migrations = [("1", first), ("2", second), ("3", third), ("4", fourth)]

    /// Whether another program made the file: it has tables, and ours is not among them. An earlier version made the table of names by
    /// itself, before all others.
    static func isForeign(_ db: Database) throws -> Bool {
        try !db.hasTable("bursar") && db.first("SELECT 1 FROM sqlite_master WHERE tbl_name <> '\(names)' LIMIT 1") != nil
    }

    /// Whether a newer version wrote the file: it has a migration that is unknown here.
    static func isNewer(_ db: Database) throws -> Bool { try !applied(db).isSubset(of: migrations.map(\.0)) }

    /// All that the file lacks, or nothing.
    static func migrate(_ db: Database, upTo last: String? = nil) throws {
        try db.write {
            try db.run(script: "CREATE TABLE IF NOT EXISTS \(names) (identifier TEXT NOT NULL PRIMARY KEY)")
            let applied = try applied(db)
            for (name, script) in migrations {
                if !applied.contains(name) {
                    try db.run(script: script)
                    try db.run("INSERT INTO \(names) VALUES (?)", [name])
                }
                if name == last { return }
            }
        }
    }

    /// The table of the migrations that were applied. GRDB gave it its name, when it still applied them.
    private static let names = "grdb_migrations"

    private static func applied(_ db: Database) throws -> Set<String> {
        guard try db.hasTable(names) else { return [] }
        var applied: Set<String> = []
        try db.run("SELECT identifier FROM \(names)") { row in
            var reading = RowReading(row)
            applied.insert(try reading.text())
        }
        return applied
    }

    private static let first = """
        CREATE TABLE bursar (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;

        CREATE TABLE account (
            id INTEGER PRIMARY KEY,
            provider TEXT NOT NULL,
            name TEXT NOT NULL,
            missing_since INTEGER,
            UNIQUE (provider, name)
        );

        CREATE TABLE credential (
            digest BLOB PRIMARY KEY NOT NULL,
            provider TEXT NOT NULL,
            account TEXT NOT NULL,
            taken_at INTEGER NOT NULL,
            fetched_at INTEGER,
            as_of INTEGER,
            provider_low INTEGER,
            amounts TEXT,
            reply_status INTEGER,
            content_type TEXT,
            body BLOB,
            problem TEXT,
            problem_status INTEGER,
            problem_reason TEXT,
            problem_at INTEGER,
            hold TEXT,
            hold_until INTEGER,
            hold_left_ns INTEGER,
            hint TEXT,
            hint_wait_ns INTEGER,
            hinted_refusals INTEGER NOT NULL,
            unhinted_refusals INTEGER NOT NULL,
            backoff_steps INTEGER NOT NULL,
            breaker TEXT NOT NULL,
            breaker_count INTEGER NOT NULL,
            calls TEXT NOT NULL
        );

        CREATE TABLE history (
            account INTEGER NOT NULL,
            at INTEGER NOT NULL,
            as_of INTEGER,
            provider_low INTEGER,
            amounts TEXT NOT NULL,
            PRIMARY KEY (account, at)
        ) WITHOUT ROWID;

        CREATE VIEW balances AS
            SELECT provider, account, json_extract(value, '$.kind') AS kind, json_extract(value, '$.value') AS amount,
                json_extract(value, '$.unit') AS unit,
                strftime('%Y-%m-%dT%H:%M:%fZ', fetched_at / 1000.0, 'unixepoch') AS fetched, problem, hold,
                strftime('%Y-%m-%dT%H:%M:%fZ', hold_until / 1000.0, 'unixepoch') AS until
            FROM credential LEFT JOIN json_each(coalesce(amounts, '[null]'));

        CREATE VIEW changes AS
            SELECT provider, name AS account, strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS time,
                json_extract(value, '$.kind') AS kind, json_extract(value, '$.value') AS amount,
                json_extract(value, '$.unit') AS unit
            FROM history JOIN account ON account.id = history.account, json_each(history.amounts);
        """

    /// The last confirmation of each change, what was spent and added, and claims. Every entry that was there stays as it is: one
    /// without `until` was seen once. docs/operations.md says how to take this back.
    private static let second = """
        ALTER TABLE history ADD COLUMN until INTEGER;

        CREATE TABLE counter (
            account INTEGER NOT NULL,
            unit TEXT NOT NULL,
            since INTEGER NOT NULL,
            spent TEXT NOT NULL,
            topped_up TEXT NOT NULL,
            refunded TEXT NOT NULL,
            PRIMARY KEY (account, unit)
        ) WITHOUT ROWID;

        CREATE TABLE claim (
            id TEXT PRIMARY KEY NOT NULL,
            provider TEXT NOT NULL,
            account TEXT NOT NULL,
            unit TEXT NOT NULL,
            amount TEXT NOT NULL,
            owner TEXT NOT NULL,
            key TEXT NOT NULL,
            made_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            released INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE VIEW spending AS
            SELECT provider, name AS account, unit, spent, topped_up,
                strftime('%Y-%m-%dT%H:%M:%fZ', since / 1000.0, 'unixepoch') AS since
            FROM counter JOIN account ON account.id = counter.account;
        """

    /// Alerts: how each rule stands, who was told of it, and what is on its way to whom. Nothing that was there is touched.
    private static let third = """
        CREATE TABLE alert_state (
            provider TEXT NOT NULL,
            account TEXT NOT NULL,
            rule TEXT NOT NULL,
            firing TEXT,
            since INTEGER,
            fired_at INTEGER,
            recovered_at INTEGER,
            reminded_at INTEGER,
            fired_read_at INTEGER,
            fired_value TEXT,
            fired_unit TEXT,
            fired_detail TEXT,
            candidate_since INTEGER,
            candidate_last INTEGER,
            candidate_readings INTEGER,
            candidate_read_at INTEGER,
            candidate_value TEXT,
            candidate_unit TEXT,
            candidate_detail TEXT,
            PRIMARY KEY (provider, account, rule)
        ) WITHOUT ROWID;

        CREATE TABLE alert_told (
            provider TEXT NOT NULL,
            account TEXT NOT NULL,
            rule TEXT NOT NULL,
            target TEXT NOT NULL,
            event TEXT NOT NULL,
            confirmed INTEGER NOT NULL,
            PRIMARY KEY (provider, account, rule, target)
        ) WITHOUT ROWID;

        CREATE TABLE alert_event (
            id TEXT PRIMARY KEY NOT NULL,
            kind TEXT NOT NULL,
            provider TEXT,
            account TEXT,
            rule TEXT,
            at INTEGER NOT NULL,
            since INTEGER NOT NULL,
            amount_limit TEXT,
            firing TEXT,
            reminder INTEGER NOT NULL,
            read_at INTEGER,
            value TEXT,
            unit TEXT,
            detail TEXT,
            before_read_at INTEGER,
            before_value TEXT,
            before_unit TEXT,
            before_detail TEXT
        ) WITHOUT ROWID;

        CREATE TABLE alert_message (
            id TEXT PRIMARY KEY NOT NULL,
            target TEXT NOT NULL,
            made_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            may_have_arrived INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE alert_delivery (
            target TEXT NOT NULL,
            event TEXT NOT NULL,
            queued_at INTEGER NOT NULL,
            message TEXT,
            PRIMARY KEY (target, event)
        ) WITHOUT ROWID;

        CREATE TABLE alert_mute (
            provider TEXT NOT NULL,
            account TEXT NOT NULL,
            until INTEGER NOT NULL,
            PRIMARY KEY (provider, account)
        ) WITHOUT ROWID;

        CREATE TABLE alert_target (
            name TEXT PRIMARY KEY NOT NULL,
            paused_with TEXT,
            paused_at INTEGER,
            paused_status INTEGER,
            sent TEXT NOT NULL
        ) WITHOUT ROWID;
        """

    /// The time of each account's change that landed last: under a clock that was set back, that is not the newest one.
    /// docs/operations.md says how to take this back.
    private static let fourth = "ALTER TABLE account ADD COLUMN landed INTEGER"
}
