import BursarEngine
import GRDB

/// The tables and their versions. A migration that was released is never changed: the next change is a new one.
///
/// Times are milliseconds since 1970 in UTC, durations nanoseconds, amounts the provider's own digits as text. Whoever looks in with
/// `sqlite3` finds the views `balances` and `changes` with times and amounts spelled out.
enum Schema {
    /// A file without this table that has others belongs to another program.
    static let mark = "bursar"

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: first)
        }
        migrator.registerMigration("2") { db in
            try db.execute(sql: second)
        }
        return migrator
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
}
