"""Called by scripts/check-alerts: a mock provider, the gateway, a webhook receiver and an Alertmanager as processes of their own."""
import http.server, json, os, random, signal, socket, subprocess, sys, tempfile, threading, time, urllib.request
from standardwebhooks import Webhook

PROGRAM, KILLS = sys.argv[1], int(sys.argv[2])
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
folder = tempfile.mkdtemp()


def port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


MOCK, GATEWAY, HOOK, AM = port(), port(), port(), port()


class Receiver:
    """Verifies and remembers; can be killed and started again on the same port."""

    def __init__(self):
        self.messages, self.events, self.bad, self.server = {}, [], 0, None

    def start(self):
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                try:
                    message = Webhook(SECRET).verify(body, {k.lower(): v for k, v in self.headers.items()})
                except Exception as error:
                    owner.bad += 1
                    print("not genuine:", error)
                    message = None
                if message:
                    for event in message["data"]["events"]:
                        if all(event["id"] != known["id"] for known in owner.events):
                            owner.events.append(event)
                        owner.messages.setdefault(event["id"], set()).add(self.headers["webhook-id"])
                if random.random() < 0.2:  # taken, and the answer is lost
                    self.connection.close()
                    return
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        http.server.ThreadingHTTPServer.allow_reuse_address = True
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", HOOK), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


def ask(path, base=None, method="GET", body=None):
    request = urllib.request.Request((base or f"http://127.0.0.1:{GATEWAY}") + path, data=body, method=method)
    request.add_header("cache-control", "no-cache")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()
    except Exception:
        return None


def run(*arguments):
    return subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.DEVNULL, stderr=open(f"{folder}/log", "a"))


def gateway():
    process = run("serve", "--config", f"{folder}/bursar.yaml")
    for _ in range(200):
        if ask("/readyz"):
            return process
        time.sleep(0.05)
    sys.exit("the gateway does not start: " + open(f"{folder}/log").read()[-2000:])


def balance(amount):
    body = json.dumps({"scenario": f"balance-{amount}"}).encode()
    ask("/_mock/sunor", f"http://127.0.0.1:{MOCK}", "PUT", body)


def read(times):
    for _ in range(times):
        ask("/v1/balances")
        time.sleep(1.1)


def amtool(*arguments):
    command = ["amtool", f"--alertmanager.url=http://127.0.0.1:{AM}", *arguments]
    return subprocess.run(command, capture_output=True, text=True).stdout


open(f"{folder}/bursar.yaml", "w").write(f"""
listen: [127.0.0.1:{GATEWAY}]
store: sqlite:{folder}/bursar.db
targets:
  - {{name: hook, kind: webhook, url: "http://127.0.0.1:{HOOK}/", secret: {SECRET}, per_hour: 1000}}
  - {{name: am, kind: alertmanager, url: "http://127.0.0.1:{AM}"}}
defaults: {{ttl: 1s, alerts: [{{below: 50}}]}}
accounts:
  - {{provider: sunor, key: mock-balance-400, base_url: "http://127.0.0.1:{MOCK}/sunor"}}
""")
open(f"{folder}/am.yaml", "w").write("route: {receiver: none, group_wait: 1s}\nreceivers: [{name: none}]\n")
receiver, failures = Receiver(), []
receiver.start()
mock = run("mock", "--listen", f"127.0.0.1:{MOCK}")
alertmanager = subprocess.Popen(
    ["prometheus-alertmanager", f"--config.file={folder}/am.yaml", f"--storage.path={folder}/am",
     f"--web.listen-address=127.0.0.1:{AM}", "--cluster.listen-address="], stderr=subprocess.DEVNULL)
time.sleep(2)
process = gateway()
try:
    balance(400), read(2)
    balance(39), read(3)
    for _ in range(60):
        if receiver.events:
            break
        time.sleep(1)
    time.sleep(2)
    if "BursarBalanceLow" not in amtool("alert", "query"):
        failures.append("Alertmanager does not show what fires")
    print("Alertmanager: firing")
    kills = 0
    for number in range(KILLS):
        time.sleep(random.random() * 3)
        if random.random() < 0.5:
            receiver.stop()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = gateway()
        receiver.server or receiver.start()
        read(1)
        kills += 1
    print(f"{kills} kills")
    process.send_signal(signal.SIGKILL)
    process.wait()
    pause = int(os.environ.get("BURSAR_PAUSE", "300"))
    time.sleep(pause)
    if "BursarBalanceLow" not in amtool("alert", "query"):
        failures.append(f"{pause} s without a gateway resolved it")
    print(f"Alertmanager: still firing after {pause} s without a gateway")
    amtool("silence", "add", "alertname=BursarBalanceLow", "--comment=test", "--duration=1h")
    if "BursarBalanceLow" in amtool("alert", "query") or "BursarBalanceLow" not in amtool("alert", "query", "--silenced"):
        failures.append("it was silenced and is not")
    print("Alertmanager: silenced")
    process = gateway()
    balance(400), read(3)
    for _ in range(60):
        if len(receiver.events) >= 2:
            break
        time.sleep(2)
    time.sleep(5)
    if "BursarBalanceLow" in amtool("alert", "query", "--silenced"):
        failures.append("it ended and is not resolved")
    print("Alertmanager: resolved")
    kinds = [event["type"] for event in receiver.events]
    if kinds != ["balance.low", "balance.recovered"]:
        failures.append(f"told {kinds}")
    if any(len(ids) > 1 for ids in receiver.messages.values()):
        failures.append("an event came under two ids")
    if len(receiver.events) == 2 and receiver.events[1]["firing"] != receiver.events[0]["id"]:
        failures.append("the end is another one's")
    if receiver.bad:
        failures.append(f"{receiver.bad} messages were not genuine")
    print(f"webhook: {kinds}, each under one id, every message verified")
finally:
    for one in (process, mock, alertmanager):
        one.kill()
for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
