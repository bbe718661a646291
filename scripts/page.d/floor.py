"""The least that a page of modules can cost here: one module that asks for one document and shows a number. What the page takes beyond it
is the page's own; the rest is the browser's, and of whatever else runs on the machine."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FILES = {
    "/": ("text/html", '<!doctype html><html lang="en"><title>Least</title><link rel="icon" href="data:,">'
                       '<script src="least.js" type="module"></script><h1>Asking</h1>'),
    "/least.js": ("text/javascript", 'const answer = await fetch("document");\n'
                                     'document.querySelector("h1").textContent = (await answer.json()).rows;\nperformance.mark("rows");\n'),
    "/document": ("application/json", '{"rows": 14}'),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one piece

    def do_GET(self):
        kind, text = FILES.get(self.path, ("text/plain", ""))
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


@contextmanager
def least_page():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
