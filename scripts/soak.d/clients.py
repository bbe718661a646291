"""Who calls the gateway during a soak: good clients, slow ones, those that hang up, and those who reload it."""

import collections
import http.client
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

from world import PROVIDERS

HEADERS = [
    {}, {}, {}, {"Cache-Control": "no-cache"}, {"Cache-Control": "max-age=1"}, {"Cache-Control": "only-if-cached"},
    {"Prefer": "wait=0"}, {"Accept": "text/plain"}, {"Accept-Encoding": "gzip"}, {"If-None-Match": '"nothing"'},
]


class Load:
    """The load, and what came of it. Its counters are changed under a lock, by many threads."""

    def __init__(self, world, gateway, random):
        self.world, self.gateway, self.random = world, gateway, random
        self.statuses, self.counts = collections.Counter(), collections.Counter()
        self.problems = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.threads = []

    # MARK: keeping count

    def saw(self, status, what, body=b"", is_providers=False):
        with self.lock:
            self.statuses[str(status)] += 1
            self.counts[what] += 1
            # On a provider's route it may be the provider's word; anywhere else it is a failure of Bursar's own.
            if status == 500 and not is_providers:
                self.problems.append(f"500 for {what}")
        # All keys begin so.
        if b"soak-" in body and any(key.encode() in body for key in list(self.world.keys)):
            with self.lock:
                self.problems.append(f"a key in the answer of {what}")

    def did(self, what):
        with self.lock:
            self.counts[what] += 1

    # MARK: running

    def start(self, roles):
        for role, count in roles:
            for _ in range(count):
                thread = threading.Thread(target=self.repeat, args=(role,), name=role.__name__, daemon=True)
                self.threads.append(thread)
                thread.start()

    def repeat(self, role):
        while not self.stopping.is_set():
            try:
                role(self)
            except (OSError, http.client.HTTPException) as error:
                # Connections are refused or cut where the gateway's limits say so; a gateway that is gone is noticed elsewhere.
                self.did(f"cut: {type(error).__name__}")
                self.pause(0.2)

    def pause(self, seconds):
        self.stopping.wait(seconds)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)

    # MARK: asking

    def path(self):
        """A path, and what kind it is."""
        provider, account = self.world.name_of_account()
        return self.random.choice([
            ("/v1/balances", "list"), ("/v1/balances", "list"), (f"/v1/balances/{provider}", "list"),
            (f"/v1/balances/{provider}/{account}", "list"), ("/v1/balances?pretty&limit=3", "list"),
            (f"/providers/{provider}{PROVIDERS[provider]}", "provider route"),
            (f"/providers/{provider}@{account}{PROVIDERS[provider]}", "provider route"),
            ("/v1/status", "status"), ("/v1/providers", "providers"), ("/metrics", "metrics"), ("/readyz", "readyz"),
            ("/openapi.json", "openapi"), ("/nothing", "nothing"),
        ])

    def fetch(self, path, headers=None, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.world.port, timeout=30)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def fetch_as_operator(self, path, method):
        """Over the Unix socket, as the gateway's own user."""
        connection = http.client.HTTPConnection("localhost", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(30)
        try:
            connection.sock.connect(str(self.world.socket))
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def everything_once(self):
        for provider, path in PROVIDERS.items():
            self.fetch(f"/providers/{provider}{path}")
        for path in ["/v1/balances", "/v1/status", "/metrics", "/openapi.json", "/"]:
            self.fetch(path)
        self.fetch_as_operator("/admin/reload", "POST")

    def socket(self):
        connection = socket.create_connection(("127.0.0.1", self.world.port), timeout=30)
        return connection


# MARK: the roles

def keep_alive(load):
    """A dashboard: some requests over one connection, now and then with a key of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", load.world.port, timeout=30)
    try:
        for _ in range(load.random.randrange(1, 60)):
            if load.stopping.is_set():
                return
            path, what = load.path()
            headers = dict(load.random.choice(HEADERS))
            if what == "provider route" and load.random.random() < 0.1:
                headers["x-api-key"] = load.random.choice(load.world.visitors)
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            # What the gateway says of itself has nothing to do with a cache.
            is_providers = what == "provider route" and answer.getheader("Cache-Status") is not None
            load.saw(answer.status, what, answer.read(), is_providers)
            load.pause(load.random.uniform(0.0, 0.04))
    finally:
        connection.close()


def http2(load):
    """Streams beside one another over HTTP/2 without TLS."""
    base = f"http://127.0.0.1:{load.world.port}"
    if shutil.which("h2load") and load.random.random() < 0.5:
        command = ["h2load", "-n", "200", "-c", "4", "-m", "10", f"{base}/v1/balances", f"{base}/v1/providers"]
    elif shutil.which("curl"):
        urls = [base + load.path()[0].replace("?", "?x=&") for _ in range(6)]
        command = ["curl", "-sZ", "--http2-prior-knowledge", "--max-time", "20", "-o", "/dev/null"] + [
            word for url in urls for word in ("-o", "/dev/null", url)][2:]
    else:
        return load.pause(5)
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    load.did(command[0])
    load.pause(1)


def slow_writer(load):
    """Sends a byte now and then, and perhaps never the last one."""
    with load.socket() as connection:
        for byte in b"GET /v1/balances HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n":
            if load.stopping.is_set():
                return
            connection.sendall(bytes([byte]))
            load.pause(load.random.choice([0.0, 0.02, 0.2]))
        connection.settimeout(5)
        connection.recv(4096)
        load.did("slow writer served")


def slow_reader(load):
    """Asks for much and takes it in small bites, or not at all."""
    with load.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20)
        ends = time.monotonic() + 8
        patience = load.random.choice([0.05, 0.5, 9.0])
        while time.monotonic() < ends and not load.stopping.is_set():
            if not connection.recv(512):
                break
            load.pause(patience)
        load.did("slow reader left")


def hang_up(load):
    """Asks, and is gone before, during or after the answer: with a reset, or in order."""
    connection = load.socket()
    try:
        path, _ = load.path()
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCache-Control: no-cache\r\n\r\n".encode()
        connection.sendall(request[: load.random.randrange(1, len(request) + 1)])
        load.pause(load.random.choice([0.0, 0.001, 0.05, 0.3]))
        if load.random.random() < 0.5:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    finally:
        connection.close()
    load.did("hung up")
    load.pause(0.05)


def moods(load):
    """The providers' scenario changes every few seconds."""
    load.world.change_mood()
    load.did("mood changed")
    load.pause(load.random.uniform(0.5, 2))


def reloads(load):
    """Accounts come, go and change their keys; one time in eight the file is wrong."""
    is_wrong = load.random.random() < 0.125
    if is_wrong:
        load.world.write_nonsense()
    else:
        load.world.write_configuration()
    if load.random.random() < 0.5:
        load.gateway.child.send_signal(signal.SIGHUP)
        load.did("reload by signal")
        load.pause(1)
    else:
        status, body = load.fetch_as_operator("/admin/reload", "POST")
        load.saw(status, "reload", body)
        if status != (422 if is_wrong else 200):
            with load.lock:
                load.problems.append(f"a {'wrong' if is_wrong else 'good'} file was answered {status}")
    load.pause(load.random.uniform(1, 5))


def clear(load):
    """An operator clears a cooldown."""
    provider, account = load.world.name_of_account()
    status, body = load.fetch_as_operator(f"/v1/cooldowns/{provider}/{account}", "DELETE")
    load.saw(status, "cooldown cleared", body)
    load.pause(2)


ROLES = [(keep_alive, 6), (http2, 1), (slow_writer, 6), (slow_reader, 4), (hang_up, 3), (moods, 1), (reloads, 1), (clear, 1)]
