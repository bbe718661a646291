"""Many accounts: start, memory, and what a warm full list costs beside the same bytes from nginx. `scripts/bench-accounts` runs it."""

import json
import sqlite3
import sys
import tempfile
import threading
import time
from decimal import Decimal
from pathlib import Path

import servers
from load import Target, http1, measure
from ports import free_port
from processes import Process, stop_all


class Many(servers.Bursar):
    """`bursar serve` with so many accounts of one provider, each with a key of its own, and a store on disk."""

    def __init__(self, binary, directory, count, provider="sunor"):
        self.directory = directory
        self.mock_port, self.port = free_port(), free_port()
        self.mock = Process([binary, "mock", "--listen", f"127.0.0.1:{self.mock_port}"], "1")
        self.mock.wait_for_port(self.mock_port)
        self.command = [binary, "serve", "--config", directory / "many.yaml"]
        base = f"http://127.0.0.1:{self.mock_port}/{provider}"
        self.command[-1].write_text(
            f"listen: 127.0.0.1:{self.port}\nlog: {{level: warning, access: false}}\n"
            f"store: sqlite:{directory}/many.db\ndefaults: {{ttl: 1h, timeout: 60s}}\naccounts:\n" + "".join(
                f"  - {{provider: {provider}, name: a{number}, key: many-{number:06}, base_url: '{base}'}}\n"
                for number in range(count)))
        self.start()

    def start(self):
        self.process = Process(self.command, environment={"NIO_SINGLETON_GROUP_LOOP_COUNT": "1"})
        self.ready_after = self.process.wait_for_port(self.port, limit=60)


def listed(port):
    started = time.monotonic()
    received = servers.answer(port)
    taken = time.monotonic() - started
    head, _, body = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode())
    return taken, body, json.loads(body)["summary"]


def remember(database):
    """Ten days of spending for each account, as if they had been seen, so that each has a runway."""
    with sqlite3.connect(database) as connection:
        newest = connection.execute("SELECT account, max(at), amounts FROM history GROUP BY account").fetchall()
        rows = []
        for account, at, amounts in newest:
            parts = json.loads(amounts)
            for step in range(1, 61):
                for part in parts:
                    part["value"] = str(Decimal(part["value"]) + 2 + step % 3)
                then = at - step * 4 * 3_600_000
                text = json.dumps(parts, separators=(",", ":"))
                rows.append((account, then, text, then + 4 * 3_600_000 - 1))
        connection.executemany("INSERT OR IGNORE INTO history (account, at, amounts, until) VALUES (?, ?, ?, ?)", rows)


def scraped(bursar):
    """How long `/metrics` takes, and how long a hit takes meanwhile at most."""
    started = time.monotonic()
    servers.answer(bursar.port, "/v1/balances?include=runway")
    print(f"runways of all                {(time.monotonic() - started) * 1000:8.0f} ms  once, behind a request for them")
    times, slowest, done = [], [0.0], threading.Event()

    def hits():
        while not done.is_set():
            began = time.monotonic()
            servers.answer(bursar.port, "/v1/balances/sunor/a0")
            slowest[0] = max(slowest[0], time.monotonic() - began)

    beside = threading.Thread(target=hits)
    beside.start()
    for _ in range(5):
        began = time.monotonic()
        body = servers.answer(bursar.port, "/metrics").partition(b"\r\n\r\n")[2]
        times.append(time.monotonic() - began)
    done.set()
    beside.join()
    runways = body.count(b"bursar_runway_earliest_timestamp_seconds{")
    print(f"scrape                        {sorted(times)[2] * 1000:8.0f} ms  {len(body) / 1e6:.1f} MB, {body.count(bytes([10]))} lines, "
          f"{runways} runways; a hit beside it takes at most {slowest[0] * 1000:.1f} ms")


def main():
    binary, count, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory(prefix="bursar-accounts-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # nginx reads it as another user
        bursar = Many(binary, directory, count)
        print(f"ready, nothing restored       {bursar.ready_after * 1000:8.0f} ms")
        cold, _, _ = listed(bursar.port)
        print(f"first full list, {count} calls {cold * 1000:8.0f} ms")
        joined, body, summary = listed(bursar.port)
        print(f"second, joined from rows      {joined * 1000:8.0f} ms  {len(body) / 1e6:.1f} MB  {summary}")
        resident, own = bursar.process.resident_megabytes()
        print(f"resident                      {resident:8.1f} MB  {own:.1f} MB of its own")
        time.sleep(1)
        bursar.process.stop()
        remember(directory / "many.db")
        bursar.start()
        restored, _, summary = listed(bursar.port)
        print(f"ready, readings restored      {bursar.ready_after * 1000:8.0f} ms  then listed in {restored * 1000:.0f} ms  {summary}")
        time.sleep(3)
        listed(bursar.port)
        resident, own = bursar.process.resident_megabytes()
        print(f"resident                      {resident:8.1f} MB  {own:.1f} MB of its own")

        scraped(bursar)
        _, body, _ = listed(bursar.port)
        (directory / "body.json").write_bytes(body)
        peer = servers.nginx(directory)
        costs = {"bursar": measure(http1, Target(bursar.process, f"http://127.0.0.1:{bursar.port}/v1/balances"), seconds)}
        if peer:
            process, port, *_ = peer
            costs["nginx"] = measure(http1, Target(process, f"http://127.0.0.1:{port}/static/body.json"), seconds)
        for server, cost in costs.items():
            print(f"warm full list, {server:13} {cost.microseconds:8.1f} µs  {cost.per_second:.0f}/s")
        if peer:
            print(f"ratio                         {costs['bursar'].microseconds / costs['nginx'].microseconds:8.2f}")
        resident, own = bursar.process.resident_megabytes()
        print(f"resident after the load       {resident:8.1f} MB  {own:.1f} MB of its own")
    stop_all()


main()
