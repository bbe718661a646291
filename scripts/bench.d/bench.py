"""The benchmark's plan: which server is asked what, and the table that comes of it. `scripts/bench --help` says the rest."""

import argparse
import platform
import re
import resource
import subprocess
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path
from statistics import median

import moments
import servers
from load import Target, http1, http2, http2_not_modified, measure
from processes import stop_all

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs/benchmarks.md"
BEGIN, END = "<!-- measured: scripts/bench writes what stands between these lines -->", "<!-- end of measured -->"
LATENCY_MS = 50


class Run:
    """One run: the loads in their order, and what each cost."""

    def __init__(self, seconds, rounds):
        self.seconds, self.rounds = seconds, rounds
        self.loads, self.costs = {}, {}

    def cost(self, name, load, target):
        self.loads[name] = (load, target)

    def measure(self):
        """All loads, then all again: what disturbs the machine for a while disturbs one round and not one server."""
        measured = {name: [] for name in self.loads}
        for turn in range(1, self.rounds + 1):
            for name, (load, target) in self.loads.items():
                cost = measure(load, target, self.seconds)
                measured[name].append(cost.microseconds)
                print(f"{turn}  {name:35} {cost.microseconds:8.2f} µs  {cost.per_second:9.0f}/s", file=sys.stderr)
        self.costs = {name: median(values) for name, values in measured.items()}

    def ratio(self, name, other):
        return self.costs[name] / self.costs[other] if name in self.costs and other in self.costs else None


def warm(run, binary, directory):
    """All loads, one server at a time: the others are up, and idle. Returns the body's size."""
    bursar = servers.Bursar(binary, directory)
    servers.answer(bursar.port)  # the first read fills the table
    plain = servers.answer(bursar.port)
    body = plain.partition(b"\r\n\r\n")[2]
    tag = re.search(rb'\r\netag: ((?:W/)?"[^"]+")', plain, re.IGNORECASE)[1].decode()
    (directory / "body.json").write_bytes(body)
    warm_url = f"http://127.0.0.1:{bursar.port}/v1/balances"
    checked = servers.Bursar(binary, directory, clients=True)  # the same with a client, whose token each request carries
    servers.answer(checked.port, headers=checked.headers)
    shipped = servers.Bursar(binary, directory, logged=True)  # as it is where the configuration says nothing of the log
    servers.answer(shipped.port)
    double = servers.Bursar(binary, directory, loops=2)
    servers.answer(double.port)

    one_cipher = {"OPENSSL_CONF": str(directory / "openssl.cnf")}

    def bursar_target(*headers, heads=""):
        return Target(bursar.process, warm_url, list(headers), heads)

    def tls(process, port, path, *headers):
        return Target(process, f"https://127.0.0.1:{port}/{path}", list(headers), environment=one_cipher)

    floor, floor_port = servers.floor(directory, plain)
    floor_url = f"http://127.0.0.1:{floor_port}/"
    run.cost("H1 floor", http1, Target(floor, floor_url))
    run.cost("H1 bursar", http1, bursar_target())
    run.cost("H1 bursar gzip", http1, bursar_target("Accept-Encoding: gzip"))
    run.cost("H1 bursar 304", http1, bursar_target(f"If-None-Match: {tag}"))
    run.cost("H1 fresh floor", http1, Target(floor, floor_url, heads="traced"))
    run.cost("H1 fresh bursar", http1, bursar_target(heads="traced"))
    run.cost("H1 unknown floor", http1, Target(floor, floor_url, heads="unknown"))
    run.cost("H1 unknown bursar", http1, bursar_target(heads="unknown"))
    run.cost("H1 unknown bursar token", http1, Target(checked.process, f"http://127.0.0.1:{checked.port}/v1/balances", checked.headers, "unknown"))
    run.cost("H1 fresh bursar token", http1, Target(checked.process, f"http://127.0.0.1:{checked.port}/v1/balances", checked.headers, "traced"))
    shipped_url = f"http://127.0.0.1:{shipped.port}/v1/balances"
    run.cost("H1 log bursar", http1, Target(shipped.process, shipped_url))
    run.cost("H1 fresh log bursar", http1, Target(shipped.process, shipped_url, heads="traced"))
    run.cost("H2 log bursar", http2, Target(shipped.process, shipped_url))
    run.cost("H1 bursar two loops", http1, Target(double.process, f"http://127.0.0.1:{double.port}/v1/balances"))
    run.cost("H2 bursar", http2, bursar_target())
    run.cost("H2 bursar gzip", http2, bursar_target("accept-encoding: gzip"))
    run.cost("H2 bursar 304", http2_not_modified, bursar_target(f"if-none-match: {tag}"))
    run.cost("H1 TLS bursar", http1, tls(bursar.process, bursar.tls_port, "v1/balances"))
    run.cost("H2 TLS bursar", http2, tls(bursar.process, bursar.tls_port, "v1/balances"))

    if nginx := servers.nginx(directory):
        process, h1, h2, secure = nginx
        for name, path in (("nginx Lua", "lua"), ("nginx proxy_cache", "cached"), ("nginx static", "static/body.json")):
            run.cost(f"H1 {name}", http1, Target(process, f"http://127.0.0.1:{h1}/{path}"))
            run.cost(f"H2 {name}", http2, Target(process, f"http://127.0.0.1:{h2}/{path}"))
        for name, path in (("nginx static", "static/body.json"), ("nginx proxy_cache", "cached")):
            run.cost(f"H1 TLS {name}", http1, tls(process, secure, path))
            run.cost(f"H2 TLS {name}", http2, tls(process, secure, path))
        run.cost("H1 log nginx Lua", http1, Target(process, f"http://127.0.0.1:{h1}/lua-logged"))
        run.cost("H1 fresh log nginx Lua", http1, Target(process, f"http://127.0.0.1:{h1}/lua-logged", heads="traced"))
        run.cost("H2 log nginx Lua", http2, Target(process, f"http://127.0.0.1:{h2}/lua-logged"))
        for name, path in (("nginx Lua", "lua"), ("nginx proxy_cache", "cached")):
            run.cost(f"H1 fresh {name}", http1, Target(process, f"http://127.0.0.1:{h1}/{path}", heads="traced"))
            run.cost(f"H1 unknown {name}", http1, Target(process, f"http://127.0.0.1:{h1}/{path}", heads="unknown"))
    if nghttpd := servers.nghttpd(directory):
        process, port = nghttpd
        run.cost("H2 nghttpd", http2, Target(process, f"http://127.0.0.1:{port}/body.json"))
    if haproxy := servers.haproxy(directory):
        process, h1, h2, secure, logged = haproxy
        run.cost("H1 haproxy return", http1, Target(process, f"http://127.0.0.1:{h1}/"))
        run.cost("H1 fresh haproxy return", http1, Target(process, f"http://127.0.0.1:{h1}/", heads="traced"))
        run.cost("H1 unknown haproxy return", http1, Target(process, f"http://127.0.0.1:{h1}/", heads="unknown"))
        run.cost("H1 log haproxy return", http1, Target(process, f"http://127.0.0.1:{logged}/"))
        run.cost("H1 fresh log haproxy return", http1, Target(process, f"http://127.0.0.1:{logged}/", heads="traced"))
        run.cost("H1 TLS haproxy return", http1, tls(process, secure, ""))
        run.cost("H2 TLS haproxy return", http2, tls(process, secure, ""))
        run.cost("H2 haproxy return", http2, Target(process, f"http://127.0.0.1:{h2}/"))
    if caddy := servers.caddy(directory):
        process, h1, h2 = caddy
        run.cost("H1 caddy file", http1, Target(process, f"http://127.0.0.1:{h1}/body.json"))
        run.cost("H2 caddy file", http2, Target(process, f"http://127.0.0.1:{h2}/body.json"))
    run.measure()
    stop_all()
    return len(body)


def other(run, binary, directory, cold_times, callers, rest_seconds):
    """Starts, cold reads, rest. Returns rows of the second table: what, measured, goal, whether it is reached."""
    bursar = servers.Bursar(binary, directory, latency=f"{LATENCY_MS}ms")
    reads, starts, direct = moments.cold_reads(bursar, cold_times)
    (resident, own), wake_ups = moments.rest(bursar, rest_seconds)
    crowds = [moments.crowd(bursar, "sunor", callers) for _ in range(5)]
    floor, floor_port = servers.floor(directory, servers.answer(bursar.port, "/v1/balances/sunor"), delay=[LATENCY_MS])
    at_best = [moments.at_once(floor, floor_port, "/", callers)[0] for _ in range(5)]
    floor.stop()
    bursar.stop()
    read, start, provider = (median(times) * 1000 for times in (reads, starts, direct))
    slowest, soonest, spent = (median(crowd[place] for crowd in crowds) * 1000 for place in (0, 1, 2))
    upstream_calls = max(crowd[3] for crowd in crowds)
    return [
        (f"cold `GET /v1/balances`, five providers that take {LATENCY_MS} ms each",
         f"{read:.1f} ms; {read / provider:.2f} × what five of them take that are asked directly, {provider:.1f} ms", "≤ 1.05 ×",
         read <= 1.05 * provider),
        (f"{callers} callers at once on a cold credential, all answered after",
         f"{slowest:.0f} ms, {slowest / LATENCY_MS:.2f} × the upstream's time; the first after {soonest:.0f} ms; {spent:.0f} ms of processor",
         "≤ 1.2 ×", slowest <= 1.2 * LATENCY_MS),
        ("… by the floor, which answers all that wait after as long",
         f"{median(at_best) * 1000:.0f} ms, {median(at_best) * 1000 / LATENCY_MS:.2f} ×", "", None),
        ("… and upstream calls for them", f"{upstream_calls}", "1", upstream_calls == 1),
        ("ready after its start", f"{start:.0f} ms", "≤ 50 ms", start <= 50),
        ("resident, five accounts, after a read", f"{resident:.1f} MB, {own:.1f} of it not the program's file", "≤ 30 MB", resident <= 30),
        (f"wake-ups in {rest_seconds} s of rest", f"{wake_ups}", "≤ 1 a second", wake_ups <= rest_seconds + 1),
    ]


def memory(run, binary, directory, connections, load_seconds):
    """What a crowd holds. Rows of the second table."""
    rows = []
    bursar = servers.Bursar(binary, directory)
    servers.answer(bursar.port)

    def row(what, before, held, are_back, flat):
        rows.append((what, f"{before:.1f} → {held:.1f} MB; descriptors {'back' if are_back else '**not back**'}", "bounded, flat",
                     are_back and flat))

    if connections:
        before, held, are_back = moments.slow_readers(bursar, 256)
        row("resident with 256 clients that ask and never read", before, held, are_back, held - before < 256 * 0.25)
        before, held, are_back = moments.idle_connections(bursar, connections)
        row(f"resident with {connections:,} idle connections ({(held - before) * 1024 / connections:.1f} kB each)", before, held, are_back,
            held - before < connections * 16 / 1024)
    if load_seconds:
        target = Target(bursar.process, f"http://127.0.0.1:{bursar.port}/v1/balances", heads="traced")
        early, late, are_back = moments.full_load(bursar, http1, target, load_seconds)
        row(f"resident after a tenth and at the end of {load_seconds} s of full load", early, late, are_back, late - early < 2)
    bursar.stop()
    return rows


def endurance(binary, directory, seconds):
    """Prints what a long full load leaves behind: heads that all differ, heads that repeat, HTTP/2 and TLS, in turns."""
    bursar = servers.Bursar(binary, directory)
    servers.answer(bursar.port)
    clear, secure = (f"{scheme}://127.0.0.1:{port}/v1/balances" for scheme, port in (("http", bursar.port), ("https", bursar.tls_port)))
    loads = [(http1, Target(bursar.process, clear, heads="traced")), (http2, Target(bursar.process, clear)),
             (http1, Target(bursar.process, clear)), (http2, Target(bursar.process, secure))]
    answers, held, are_back = moments.endurance(bursar, loads, seconds)
    bursar.stop()
    print(f"{answers:,} answers in {seconds} s; resident before and after each tenth: {', '.join(f'{megabytes:.1f}' for megabytes in held)} MB; "
          f"descriptors {'back' if are_back else 'NOT BACK'}")


LOADS = ["H1", "H1 log", "H1 fresh", "H1 fresh log", "H1 fresh token", "H1 unknown", "H1 unknown token", "H2", "H2 log", "H1 TLS", "H2 TLS"]
PEERS = ["nginx Lua", "nginx proxy_cache", "nginx static", "nghttpd", "haproxy return", "caddy file"]


def bests(run):
    """Rows of each load against the peer that does it cheapest: load, ours, the peer, theirs, the ratio, whether it is reached."""
    rows = []
    for load in LOADS:
        kind = load.removesuffix(" token")
        ours = run.costs[f"{kind} bursar token" if load != kind else f"{kind} bursar"]
        # No peer checks a token: they are asked the same without one.
        theirs = {peer: run.costs[f"{kind} {peer}"] for peer in PEERS if f"{kind} {peer}" in run.costs}
        if theirs:
            best = min(theirs, key=theirs.get)
            ratio = ours / theirs[best]
            rows.append((load, f"{ours:.1f}", best, f"{theirs[best]:.1f}", f"{ratio:.2f}", "yes" if ratio <= 1 else "**no**"))
    return rows


def goals(run):
    """Rows of the goals that are ratios: what, value, goal, whether it is reached."""
    asked = [
        ("H1, repeated head, to the floor", "H1 bursar", "H1 floor", 1.25),
        ("H1, repeated head, to nginx Lua", "H1 bursar", "H1 nginx Lua", 1.0),
        ("H1, a line a request, to none", "H1 log bursar", "H1 bursar", 1.25),
        ("H1, two event loops, to one", "H1 bursar two loops", "H1 bursar", 1.1),
        ("H1, a line a request, to nginx Lua with its line", "H1 log bursar", "H1 log nginx Lua", 1.0),
        ("H1, every head traced, to nginx Lua", "H1 fresh bursar", "H1 fresh nginx Lua", 1.0),
        ("H1, every head traced, to haproxy", "H1 fresh bursar", "H1 fresh haproxy return", 1.0),
        ("H1, every head traced, with a client token, to none", "H1 fresh bursar token", "H1 fresh bursar", 1.1),
        ("H1, every head with an unknown field, to nginx Lua", "H1 unknown bursar", "H1 unknown nginx Lua", 1.0),
        ("H1, every head with an unknown field, to haproxy", "H1 unknown bursar", "H1 unknown haproxy return", 1.0),
        ("… with a client token, to none", "H1 unknown bursar token", "H1 unknown bursar", 1.1),
        ("H2, to nghttpd", "H2 bursar", "H2 nghttpd", 1.5),
        ("H2, to nginx static", "H2 bursar", "H2 nginx static", 0.25),
        ("gzip, to the plain hit", "H1 bursar gzip", "H1 bursar", 1.1),
        ("304, to the plain hit", "H1 bursar 304", "H1 bursar", 1.1),
        ("H2 gzip, to the plain hit", "H2 bursar gzip", "H2 bursar", 1.1),
        ("H2 304, to the plain hit", "H2 bursar 304", "H2 bursar", 1.1),
        ("TLS 1.3, HTTP/1.1, to nginx static", "H1 TLS bursar", "H1 TLS nginx static", 1.0),
        ("TLS 1.3, HTTP/2, to nginx static", "H2 TLS bursar", "H2 TLS nginx static", 1.0),
    ]
    rows = []
    for what, name, peer, goal in asked:
        ratio = run.ratio(name, peer)
        rows.append((what, "not measured" if ratio is None else f"{ratio:.2f} ×", f"≤ {goal:g} ×",
                     None if ratio is None else ratio <= goal))
    return rows


def table(header, rows):
    return "\n".join([f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"] + [f"| {' | '.join(row)} |" for row in rows])


def report(run, binary, body_bytes, rows):
    floor = run.costs["H1 floor"]
    costs = [(name, f"{cost:.1f}", f"{cost / floor:.2f}") for name, cost in run.costs.items()]
    mark = {True: "yes", False: "**no**", None: "–"}
    machine = f"{platform.machine()}, Linux {platform.release()}, {_processor()}"
    built = datetime.fromtimestamp(binary.stat().st_mtime)
    versions = ", ".join(filter(None, map(_version, (["nginx", "-v"], ["nghttpd", "--version"], ["haproxy", "-v"], ["caddy", "version"]))))
    return "\n\n".join([
        f"{date.today()}, repository at {_commit()}, program built {built:%Y-%m-%d %H:%M}; {machine}; {versions}. A body of {body_bytes} bytes, {run.seconds} s after "
        f"{run.seconds} s of warm-up, the median of {run.rounds} rounds.",
        table(("server and load", "CPU µs a request", "× floor"), costs),
        table(("load", "Bursar, µs", "best peer", "its µs", "×", "not behind"), bests(run)),
        table(("goal", "measured", "wanted", "reached"), [(*row[:3], mark[row[3]]) for row in rows]),
    ])


def _processor():
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else "unknown processor"


def _version(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    found = re.search(r"\d+\.\d+[.\d]*", done.stdout + done.stderr)
    return f"{command[0]} {found[0]}" if found else None


def _commit():
    done = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def main():
    arguments = argparse.ArgumentParser(prog="scripts/bench", description="Measures Bursar and its peers in one run.")
    arguments.add_argument("binary", type=Path, help=argparse.SUPPRESS)
    arguments.add_argument("--seconds", type=int, default=4, help="of each warm-up and each measurement (4)")
    arguments.add_argument("--rounds", type=int, default=1, help="of all loads; the median counts (1)")
    arguments.add_argument("--cold-starts", type=int, default=7)
    arguments.add_argument("--callers", type=int, default=1000)
    arguments.add_argument("--connections", type=int, default=10_000, help="idle ones whose memory is looked at (10000); 0: none")
    arguments.add_argument("--load", type=int, default=60, help="seconds of full load, for the memory (60); 0: none")
    arguments.add_argument("--endurance", type=int, default=0, help="seconds of full load in ten turns, and nothing else; printed only")
    arguments.add_argument("--rest", type=int, default=5, help="seconds in which nobody asks (5)")
    arguments.add_argument("--no-report", action="store_true", help="print only; leave docs/benchmarks.md as it is")
    options = arguments.parse_args()

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if (wanted := options.connections + 1_000) > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    run = Run(options.seconds, options.rounds)
    with tempfile.TemporaryDirectory(prefix="bursar-bench-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # nginx's worker is another user where its master is root
        if options.endurance:
            return endurance(options.binary, directory, options.endurance)
        body_bytes = warm(run, options.binary, directory)
        rows = goals(run) + other(run, options.binary, directory, options.cold_starts, options.callers, options.rest)
        rows += memory(run, options.binary, directory, options.connections, options.load)
    text = report(run, options.binary, body_bytes, rows)
    print(text)
    if not options.no_report:
        before, _, rest = REPORT.read_text().partition(BEGIN)
        REPORT.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}")


main()
