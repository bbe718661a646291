"""A gateway that is killed and started again on one store."""

import http.client
import json
import signal
import socket
import subprocess
import threading
import time

from ports import free_port
import store


class UnixConnection(http.client.HTTPConnection):
    """What only an operator may do is asked over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=5)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(5)
        self.sock.connect(self.path)


class Gateway:
    """`kill` from any thread; the rest from one."""

    def __init__(self, binary, folder, tally):
        self.binary, self.folder, self.tally = binary, folder, tally
        self.socket, self.database = f"{folder}/s", f"{folder}/bursar.db"
        self.lock, self.process = threading.Lock(), None
        self.port = free_port()

    def configure(self, targets, defaults, accounts):
        path = self.folder / "bursar.yaml"
        path.touch(mode=0o600)
        path.write_text("\n".join([
            f"listen: ['127.0.0.1:{self.port}', 'unix:{self.socket}']", f"store: 'sqlite:{self.database}'",
            "log: {level: warning, access: false}", "targets:", *[f"  - {{{one}}}" for one in targets],
            f"defaults: {{{defaults}}}", "accounts:", *[f"  - {{{one}}}" for one in accounts], ""]))

    @property
    def is_alive(self):
        process = self.process
        return process is not None and process.poll() is None

    def start(self, waits=True):
        with open(self.folder / "log", "ab") as log:
            process = subprocess.Popen(
                [self.binary, "serve", "--config", self.folder / "bursar.yaml"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.process = process
        self.tally.processes.append(process)
        deadline = time.monotonic() + 120
        while waits and self.get("/readyz") is None:
            if process.poll() == -signal.SIGKILL:
                return  # while it sent what was left
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the gateway is not ready ({process.poll()}): see {self.folder}/log")
            time.sleep(0.02)

    def kill(self, why):
        """Only the first one counts, and only one that met somebody."""
        with self.lock:
            process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGKILL)
        if process.wait() == -signal.SIGKILL:
            self.tally.killed(why)
        else:
            self.tally.failed(f"{self.folder}: the gateway ended by itself, with {process.returncode}")

    def request(self, connection, method, path, headers):
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            return body if answer.status < 300 else None
        except (OSError, http.client.HTTPException):
            return None  # killed meanwhile, or not there yet
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5), "GET", path, headers)

    def read(self):
        """Every account is asked for, whatever is held."""
        return self.get("/v1/balances", **{"cache-control": "no-cache"})

    def clear(self, account):
        """A provider that failed, or rejected the key, is asked again at once."""
        self.request(UnixConnection(self.socket), "DELETE", f"/v1/cooldowns/{account}", {})

    def kept(self):
        return store.kept(self.folder, self.database)

    def age(self, seconds):
        store.age(self.database, seconds)

    def alerts(self):
        body = self.get("/v1/alerts")
        return json.loads(body) if body else None
