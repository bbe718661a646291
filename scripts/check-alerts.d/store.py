"""A gateway's store between two processes: what is kept of alerts, and how time passes."""

import dataclasses
import pathlib
import shutil
import sqlite3

# All times that a restart goes by. `history.at` is a part of a key, and two columns are lists: they are moved apart.
TIMES = {
    "account": ["missing_since", "landed"],
    "credential": ["taken_at", "fetched_at", "as_of", "problem_at", "hold_until"],
    "history": ["until", "as_of"],
    "counter": ["since"],
    "alert_state": [
        "since", "fired_at", "recovered_at", "reminded_at", "fired_read_at", "candidate_since", "candidate_last", "candidate_read_at"],
    "alert_event": ["at", "since", "read_at", "before_read_at"],
    "alert_message": ["made_at", "due_at"],
    "alert_delivery": ["queued_at"],
    "alert_mute": ["until"],
    "alert_target": ["paused_at"],
}


@dataclasses.dataclass
class Kept:
    # The most attempts that a message to a target has had.
    attempts: dict
    # Targets and events that are on their way in a message which may have arrived.
    doubtful: set
    # Targets that said they are gone.
    paused: set


def has_alerts(database):
    return database.execute("SELECT 1 FROM sqlite_master WHERE name = 'alert_target'").fetchone()


def kept(folder, path):
    """Looks at a copy: that the files are mended after a kill is the gateway's own work."""
    copied = folder / "copy.db"
    for ending in ("", "-wal"):
        pathlib.Path(f"{copied}{ending}").unlink(missing_ok=True)
        if pathlib.Path(path + ending).exists():
            shutil.copy(path + ending, f"{copied}{ending}")
    database = sqlite3.connect(copied)
    try:
        if not has_alerts(database):
            return Kept({}, set(), set())
        return Kept(
            dict(database.execute("SELECT target, max(attempts) FROM alert_message GROUP BY target")),
            set(database.execute(
                "SELECT alert_delivery.target, event FROM alert_delivery JOIN alert_message ON message = alert_message.id "
                "WHERE may_have_arrived")),
            {name for name, in database.execute("SELECT name FROM alert_target WHERE paused_with IS NOT NULL")})
    finally:
        database.close()


def age(path, seconds):
    """Time passes while nobody runs: all that a restart knows of it is how old the store is."""
    moved = seconds * 1_000

    def list_moved(text):
        opening, closing = ("[", "]") if text.startswith("[") else ("", "")
        return opening + ",".join(str(int(part) - moved) for part in text.strip("[]").split(",") if part) + closing

    database = sqlite3.connect(path)
    database.create_function("list_moved", 1, list_moved)
    with database:
        if has_alerts(database):
            for table, columns in TIMES.items():
                database.execute(f"UPDATE {table} SET " + ", ".join(f"{column} = {column} - {moved}" for column in columns))
            # Over 0, so that no two entries meet on the way.
            database.execute("UPDATE history SET at = -at")
            database.execute(f"UPDATE history SET at = -at - {moved}")
            database.execute("UPDATE credential SET calls = list_moved(calls)")
            database.execute("UPDATE alert_target SET sent = list_moved(sent)")
    database.close()
