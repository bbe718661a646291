"""What the page's tests have around the browser: mock providers, a gateway with a store, and a history that was never lived through."""

import atexit
import decimal
import http.client
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

from ports import free_port

HOUR, DAY = 3_600_000, 86_400_000

# What Bursar's own definitions never say: a title with markup, and links that are none.
HOSTILE = """
openapi: 3.1.0
info: {title: "<img src=x onerror=alert(1)>", version: "1"}
servers: [{url: "https://api.acme.example/v1"}]
security: [{key: []}]
x-bursar:
  id: acme
  title: "<img src=x onerror=alert(1)>"
  links: {top_up: "https://acme.example/billing?a=1&b=<b>", status: "https://status.acme.example/"}
  amounts:
    - {unit: credits, available: left}
  expect: {"200": [available 41.2500 credits]}
paths:
  /balance:
    get:
      responses:
        "200":
          description: The balance
          content:
            application/json:
              schema: {type: object, required: [left], properties: {left: {type: string}}}
              example: {left: "41.2500"}
components:
  securitySchemes:
    key: {type: http, scheme: bearer}
"""


_running = []


def _stop_all():
    for child in list(_running):
        stop(child)


atexit.register(_stop_all)


def start(command, port, log=subprocess.DEVNULL):
    child = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    _running.append(child)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if child.poll() is not None:
            raise RuntimeError(f"{command} ended with {child.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return child
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"{command} does not listen on {port}")


def stop(child, how=signal.SIGTERM):
    if child in _running:
        _running.remove(child)
    if child.poll() is None:
        child.send_signal(how)
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


class World:
    """One gateway in a folder, and the mocks that it asks. The port stays when the gateway is started again."""

    def __init__(self, bursar, folder):
        self.bursar, self.folder = bursar, Path(folder)
        self.folder.mkdir(parents=True)
        (self.folder / "definitions").mkdir()
        (self.folder / "definitions" / "acme.yaml").write_text(HOSTILE)
        self.mock_port, self.port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.mocks = start([bursar, "mock", "--providers", self.folder / "definitions", "--listen", f"127.0.0.1:{self.mock_port}"],
                           self.mock_port)
        self.gateway = None

    def configure(self, accounts, clients=(), settings=""):
        """`accounts` are (provider, name, key, more)."""
        lines = [f"listen: ['127.0.0.1:{self.port}']", f"store: 'sqlite:{self.folder}/bursar.db'", "log: {level: warning}",
                 f"providers: ['{self.folder}/definitions']", "defaults: {ttl: 30s, timeout: 2s}", settings]
        if clients:
            lines += ["clients:"] + [f"  - {client}" for client in clients]
        lines += ["accounts:" if accounts else "accounts: []"] + [
            f"  - {{provider: {provider}, name: {name}, key: '{key}', base_url: 'http://127.0.0.1:{self.mock_port}/{provider}'"
            f"{', ' + more if more else ''}}}"
            for provider, name, key, more in accounts]
        path = self.folder / "bursar.yaml"
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n")

    def serve(self):
        log = open(self.folder / "log", "ab")
        self.gateway = start([self.bursar, "serve", "--config", self.folder / "bursar.yaml"], self.port, log)

    def halt(self, how=signal.SIGTERM):
        if self.gateway:
            stop(self.gateway, how)
        self.gateway = None

    def reload(self):
        os.kill(self.gateway.pid, signal.SIGHUP)

    def close(self):
        self.halt()
        stop(self.mocks)

    def get(self, path, **headers):
        return self._ask(self.port, "GET", path, None, headers)

    def has(self, path):
        """Whether the gateway knows the path; without reading what may have no end."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status != 404
        finally:
            connection.close()

    def mock(self, method, path, body=None):
        return self._ask(self.mock_port, method, path, body, {})

    def _ask(self, port, method, path, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse().read()
            return json.loads(answer) if answer.startswith((b"{", b"[")) else answer
        finally:
            connection.close()

    def live_through(self, stories, seed=14):
        """Reads each account once, then puts a past before that: `stories` are (provider, name) → Story. Leaves the gateway serving."""
        self.serve()
        rows = {(row["provider"], row["account"]): row for row in self.get("/v1/balances")["balances"]}
        self.halt()
        chance = random.Random(seed)
        store = sqlite3.connect(self.folder / "bursar.db")
        with store:
            for (provider, name), story in stories.items():
                found = store.execute("SELECT id FROM account WHERE provider = ? AND name = ?", (provider, name)).fetchone()
                amounts = rows[(provider, name)]["amounts"] or story.amounts
                for at, until, value in story.past(chance, int(time.time() * 1000), amounts):
                    store.execute("INSERT OR IGNORE INTO history (account, at, amounts, until) VALUES (?, ?, ?, ?)",
                                  (found[0], at, amounts_text(amounts, value), until))
        store.close()
        self.serve()


def amounts_text(amounts, value):
    """The column `amounts` as the store writes it: the first amount replaced, and a total that goes along."""
    changed = [dict(amount) for amount in amounts]
    before = decimal.Decimal(changed[0]["value"])
    changed[0]["value"] = str(value)
    for amount in changed[1:]:
        if amount["kind"] == "total" and amount["unit"] == changed[0]["unit"]:
            amount["value"] = str(decimal.Decimal(amount["value"]) - before + value)
    return json.dumps(changed, separators=(",", ":"))


class Story:
    """How a balance came to be what it is: spent by `per_day` in small steps, filled up on some days, not seen for a while."""

    def __init__(self, now, per_day, days=30, top_ups=(), gaps=(), amounts=None):
        self.now, self.per_day, self.days, self.top_ups, self.gaps = decimal.Decimal(now), decimal.Decimal(per_day), days, top_ups, gaps
        self.amounts = amounts

    def past(self, chance, now, amounts):
        """Backwards from what it is now, every half hour: (at, until, value), oldest first."""
        digit = decimal.Decimal(1).scaleb(decimal.Decimal(self.now).as_tuple().exponent)
        value, points = self.now, []
        end = now - 5 * 60_000
        pending = sorted(self.top_ups, reverse=False)  # (days ago, amount)
        for step in range(1, self.days * 48):
            at = end - step * HOUR // 2
            ago = (now - at) / DAY
            busy = 1.6 if 8 <= (at // HOUR) % 24 < 20 else 0.25
            if self.per_day and chance.random() < 0.55:
                burn = (self.per_day / 48 / decimal.Decimal(0.55) * decimal.Decimal(busy) *
                        decimal.Decimal(chance.uniform(0.3, 1.7))).quantize(digit)
                value += burn
            while pending and ago >= pending[0][0]:
                value -= decimal.Decimal(pending.pop(0)[1])
            if not any(older >= ago >= newer for older, newer in self.gaps):
                points.append((at, value))
        points.reverse()
        merged = []
        for at, each in points:
            known = merged and at - merged[-1][1] <= HOUR
            if known and merged[-1][2] == each:
                merged[-1][1] = at
            else:
                if known:
                    merged[-1][1] = at - 10 * 60_000
                merged.append([at, at, each])
        return [(at, until if until > at else None, each) for at, until, each in merged]


CREDITS = [{"kind": "available", "value": "0", "unit": "credits"}]
FOURTEEN = [
    ("deepixels", "default", "mock-balance-1250.5", ""),
    ("deepixels", "render-farm", "mock-balance-84210", ""),
    ("tensorpix", "default", "mock-balance-9.4150", ""),
    ("tensorpix", "archive", "mock-balance-250.0000", ""),
    ("legnext", "default", "mock-ok", ""),
    ("sunor", "default", "mock-401", ""),
    ("sunor", "batch", "mock-balance-3120", ""),
    ("hyper3d", "studio", "mock-balance-31.5", "low: 50"),
    ("openrouter", "default", "a-key-without-a-scenario", "ttl: 1s"),
    ("elevenlabs", "default", "mock-ok", ""),
    ("deepseek", "default", "mock-balance-63.10", ""),
    ("fal", "default", "mock-balance-18.42", ""),
    ("novita", "default", "mock-ok", ""),
    ("acme", "prototypes", "mock-balance-412.50", ""),
]
PASTS = {
    ("deepixels", "default"): Story("1250.5", "38", top_ups=[(12, "800")]),
    ("deepixels", "render-farm"): Story("84210", "3900", top_ups=[(9, "60000"), (21, "60000")]),
    ("tensorpix", "default"): Story("9.4150", "3.9", top_ups=[(16, "80")]),
    ("tensorpix", "archive"): Story("250.0000", "0"),
    ("sunor", "batch"): Story("3120", "210", top_ups=[(4.3, "2000"), (17, "2500")]),
    ("sunor", "default"): Story("950", "60", amounts=[
        {"kind": "available", "value": "950", "unit": "credits"}, {"kind": "reserved", "value": "10", "unit": "credits"},
        {"kind": "total", "value": "960", "unit": "credits"}]),
    ("hyper3d", "studio"): Story("31.5", "6.1", top_ups=[(19, "120")]),
    ("deepseek", "default"): Story("63.10", "7.3", gaps=[(3.6, 2.1)], top_ups=[(8, "50")]),
    ("fal", "default"): Story("18.42", "5.5", days=2),
    ("acme", "prototypes"): Story("412.50", "31", top_ups=[(5.4, "300")]),
}
