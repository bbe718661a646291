"""The servers that are measured: Bursar, the floor, and the peers that are installed."""

import shutil
import socket
import subprocess
from pathlib import Path

from ports import free_port
from processes import LOAD_CORE, SERVER_CORE, Process

HERE = Path(__file__).parent
PROVIDERS = ["deepixels", "tensorpix", "legnext", "sunor", "hyper3d"]


# A client that may see everything: its token, and the lines of the configuration that admit it.
CLIENT_TOKEN = "bur_Benchmark0Benchmark0Benchmark0Benchmark0xyz1598RK"
CLIENTS = (
    "clients:\n  - name: bench\n    allow: '*'\n"
    "    token_sha256: 9c216bcb49964ae96ace2e10a71ee543d760de67e40c7003e395af9c799f40e6\n")


class Bursar:
    """`bursar serve` with five accounts over `bursar mock`, one event loop, nothing logged unless `logged`: then a line a request, into a file."""

    def __init__(self, binary, directory, latency="0ms", providers=PROVIDERS, clients=False, logged=False, loops=1):
        self.directory, self.logged, self.loops = directory, logged, loops
        self.mock_port, self.port, self.tls_port = free_port(), free_port(), free_port()
        certificate(directory)
        self.mock = Process([binary, "mock", "--listen", f"127.0.0.1:{self.mock_port}", "--latency", latency], LOAD_CORE)
        self.mock.wait_for_port(self.mock_port)
        self.command = [binary, "serve", "--config", directory / f"bursar-{self.port}.yaml"]
        self.command[-1].write_text(
            f"listen: ['127.0.0.1:{self.port}', {{address: '127.0.0.1:{self.tls_port}', tls: true}}]\n"
            f"tls: {{certificate: {directory}/cert.pem, key: {directory}/key.pem}}\n"
            "limits: {connections: 20000}\n" + ("" if logged else "log: {level: warning, access: false}\n")
            + (CLIENTS if clients else "")
            + f"store: sqlite:bursar-{self.port}.db\ndefaults: {{ttl: 1h}}\naccounts:\n" + "".join(
                f"  - {{provider: {name}, key: 'user:bench-{name}', base_url: 'http://127.0.0.1:{self.mock_port}/{name}'}}\n"
                for name in providers))
        self.headers = [f"Authorization: Bearer {CLIENT_TOKEN}"] if clients else []
        self.start()

    def start(self):
        log = (self.directory / f"bursar-{self.port}.log").open("a") if self.logged else subprocess.DEVNULL
        core = SERVER_CORE if self.loops == 1 else f"{SERVER_CORE},{LOAD_CORE}"
        self.process = Process(self.command, core, environment={"NIO_SINGLETON_GROUP_LOOP_COUNT": str(self.loops)}, log=log)
        self.ready_after = self.process.wait_for_port(self.port)

    def forget(self):
        """Takes away what the store kept: the next start is a cold one."""
        for file in self.directory.glob(f"bursar-{self.port}.db*"):
            file.unlink()

    def stop(self):
        self.process.stop()
        self.mock.stop()


def certificate(directory):
    """A self-signed one for 127.0.0.1, and what makes OpenSSL's clients take the one cipher that is compared."""
    if (directory / "cert.pem").exists():
        return
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", directory / "key.pem", "-out", directory / "cert.pem", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    (directory / "openssl.cnf").write_text(
        "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = default\n[default]\n"
        "MinProtocol = TLSv1.3\nCiphersuites = TLS_AES_128_GCM_SHA256\n")


def answer(port, path="/v1/balances", headers=()):
    """One answer's bytes, head and body, over a connection of its own that is closed behind it."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode()
                       + "".join(f"{header}\r\n" for header in headers).encode() + b"\r\n")
        received = b""
        while b"\r\n\r\n" not in received:
            received += client.recv(65536) or _ended()
        head_bytes, _, body = received.partition(b"\r\n\r\n")
        lengths = [line for line in head_bytes.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        wanted = int(lengths[0].split(b":")[1]) if lengths else 0
        while len(body) < wanted:
            body += client.recv(65536) or _ended()
        return head_bytes + b"\r\n\r\n" + body


def _ended():
    raise RuntimeError("the server closed the connection")


def floor(directory, whole_answer, delay=()):
    """Compiles and starts the floor. `delay`: milliseconds. Returns the process and its port."""
    port, program, file = free_port(), directory / "floor", directory / "answer.http"
    file.write_bytes(whole_answer)
    compiler = next(name for name in ("cc", "gcc", "clang") if shutil.which(name))
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-o", program, HERE / "floor.c"], check=True)
    return _listening(Process([program, port, file, *delay]), port), port


def nginx(directory):
    """Returns the process and its ports for HTTP/1.1, HTTP/2 and TLS."""
    certificate(directory)
    modules = next((path for path in (Path("/usr/lib/nginx/modules"), Path("/usr/share/nginx/modules")) if path.exists()), None)
    if not shutil.which("nginx") or not modules or not (modules / "ngx_http_lua_module.so").exists():
        return None
    return _configured("nginx.conf", directory, lambda file: ["nginx", "-p", directory, "-c", file, "-e", "/dev/null"],
                       MODULES=modules, TLS=(tls := free_port())) + (tls,)


def haproxy(directory):
    """Returns the process and its ports for HTTP/1.1, HTTP/2, TLS, and HTTP/1.1 with a line a request in a file."""
    if not shutil.which("haproxy"):
        return None
    certificate(directory)
    (directory / "both.pem").write_bytes((directory / "cert.pem").read_bytes() + (directory / "key.pem").read_bytes())
    return _configured("haproxy.cfg", directory, lambda file: ["haproxy", "-db", "-f", file], log=(directory / "haproxy.log").open("a"),
                       TLS=(tls := free_port()), LOGGED=(logged := free_port())) + (tls, logged)


def caddy(directory):
    """Serves the directory; the answer is /body.json."""
    if not shutil.which("caddy"):
        return None
    return _configured("Caddyfile", directory, lambda file: ["caddy", "run", "--adapter", "caddyfile", "--config", file],
                       environment={"HOME": str(directory), "GOMAXPROCS": "1"})


def nghttpd(directory):
    """Serves the directory; the answer is /body.json. Returns the process and its port."""
    if not shutil.which("nghttpd"):
        return None
    port = free_port()
    return _listening(Process(["nghttpd", "--no-tls", "-n1", "-a", "127.0.0.1", "-d", directory, port]), port), port


def _configured(template, directory, command, environment=None, log=subprocess.DEVNULL, **values):
    values |= {"DIR": directory, "H1": free_port(), "H2": free_port()}
    text = (HERE / template).read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    (directory / template).write_text(text)
    return _listening(Process(command(directory / template), environment=environment, log=log), values["H1"]), values["H1"], values["H2"]


def _listening(process, port):
    process.wait_for_port(port)
    return process
