"""A provider of the shape of TensorPix: what it answers is set for each key."""

import http.server
import json
import random
import threading
import time


class Provider:
    """Any thread."""

    def __init__(self):
        self.answers = {}
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                # Also as late as the store gathers what it writes: what is kept first differs.
                time.sleep(random.choice([0, random.uniform(0, 0.25)]))
                answer = owner.answers.get(self.headers["authorization"].removeprefix("Token "), "12.3400")
                if answer == "rejected":
                    self.answer(401, {"detail": "Invalid token."})
                elif answer == "down":
                    self.answer(500, {"detail": "Internal error."})
                else:
                    self.answer(200, {"balance_usd": answer})

            def answer(self, status, document):
                body = json.dumps(document).encode()
                self.wfile.write(
                    f"HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128

            def handle_error(self, *_):
                pass  # a gateway that was killed in the middle of a call

        self.server = Server(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
