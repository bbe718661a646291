"""A webhook receiver that verifies with PyPI's standardwebhooks, comes and goes, and fails in every way that a receiver can."""

import http.server
import json
import socket
import threading

from standardwebhooks import Webhook

from ports import free_port
from told import Told

# What it does with a message, and whether it took it by then.
MISDEEDS = {
    "reset before": False, "500": False, "503": False, "429": False, "kill before": False,
    "reset after": True, "kill after": True, "kill behind": True,
}


class Receiver:
    """What it took stays when it is stopped, as on a disk. Any thread.

    `kill` ends the gateway that is just sending; `status` is what it answers, whatever comes.
    """

    def __init__(self, name, secret, random, kill, tally, status=None):
        self.name, self.secret, self.random, self.kill, self.tally, self.status = name, secret, random, kill, tally, status
        self.told = Told(name)
        self.lock = threading.Lock()
        self.requests, self.mischief, self.server, self.connections = [], 0.0, None, set()
        self.port = free_port()

    @property
    def is_up(self):
        return self.server is not None

    def start(self):
        if self.server:
            return
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                with owner.lock:
                    owner.connections.add(self.connection)

            def finish(self):
                with owner.lock:
                    owner.connections.discard(self.connection)
                super().finish()

            def do_POST(self):
                owner.post(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a gateway that was killed while it sent

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self):
        """As if it was killed: nobody listens, and what is open is reset."""
        if not self.server:
            return
        self.tally.add(receiver_stops=1)
        self.server.shutdown()
        self.server.server_close()
        self.server = None
        with self.lock:
            open_connections = list(self.connections)
        for connection in open_connections:
            reset(connection)

    def misdeed(self):
        """Every second one is a kill."""
        kills = self.random.random() < 0.5
        return self.random.choice([name for name in MISDEEDS if name.startswith("kill") == kills])

    def post(self, handler):
        body = handler.rfile.read(int(handler.headers["content-length"]))
        self.requests.append(self.tally.now())
        try:
            message = Webhook(self.secret).verify(body, dict(handler.headers.items()))
        except Exception as error:  # whatever it says: it is not genuine
            self.tally.failed(f"{self.name}: a message is not genuine: {error!r}")
            message = json.loads(body)
        self.tally.add(attempts=1)
        if self.status:
            return answer(handler, self.status)
        with self.lock:
            misdeed = self.misdeed() if self.random.random() < self.mischief else None
        with self.lock:
            if misdeed is None or MISDEEDS[misdeed]:
                for problem in self.told.take(handler.headers["webhook-id"], message, len(body)):
                    self.tally.failed(problem)
            elif misdeed not in ("503", "429"):
                self.told.doubtful |= {event["id"] for event in message["data"]["events"]}
        if misdeed in ("kill before", "kill after"):
            self.kill("delivery")
        if misdeed in ("reset before", "reset after", "kill before", "kill after"):
            handler.close_connection = True
            return reset(handler.connection)
        answer(handler, int(misdeed) if misdeed and misdeed.isdigit() else 204)
        if misdeed == "kill behind":
            self.kill("delivery")


def answer(handler, status):
    wait = "retry-after: 1\r\n" if status in (429, 503) else ""
    length = "" if status == 204 else "content-length: 0\r\n"
    handler.wfile.write(f"HTTP/1.1 {status} x\r\n{wait}{length}\r\n".encode())


def reset(connection):
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it went by itself
