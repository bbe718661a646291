"""Instructions of one hit, counted by callgrind, against the budgets in budgets.txt."""

import argparse
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import servers
from processes import Process

BUDGETS = Path(__file__).parent / "budgets.txt"
ROOM = 1.10
REQUESTS = 2000


def repeated(port, count):
    """HTTP/1.1, one connection, the same head each time."""
    _h2load(port, count, "--h1")


def http2(port, count):
    _h2load(port, count)


def _h2load(port, count, *options):
    done = subprocess.run(
        ["h2load", "-t1", "-c1", "-m1", f"-n{count}", *options, f"http://127.0.0.1:{port}/v1/balances"],
        check=True, capture_output=True, text=True, timeout=300)
    if f"{count} succeeded" not in done.stdout:
        raise RuntimeError(done.stdout)


def fresh(port, count, extra="", names=("traceparent", "x-request-id")):
    """HTTP/1.1, one connection, every head different by what a tracing proxy adds."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        for index in range(count):
            client.sendall(
                f"GET /v1/balances HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n{extra}"
                f"{names[0]}: 00-4bf92f3577b34da6a3ce929d{index:08x}-00f067aa{index:08x}-01\r\n"
                f"{names[1]}: 7f000001-{index:08x}\r\n\r\n".encode())
            received = b""
            while True:
                received += client.recv(65536)
                head, found, body = received.partition(b"\r\n\r\n")
                if found and len(body) >= int(re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)[1]):
                    break
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode(errors="replace"))


def unknown(port, count):
    """The same by fields that the server does not know."""
    fresh(port, count, names=("x-session", "x-basket-id"))


def fresh_gzip(port, count):
    fresh(port, count, "Accept-Encoding: gzip, deflate, br\r\n")


def fresh_token(port, count):
    """The same with a client token, which is hashed and looked up for each."""
    fresh(port, count, f"Authorization: Bearer {servers.CLIENT_TOKEN}\r\n")


CASES = {"http1-repeated": repeated, "http1-fresh": fresh, "http1-fresh-gzip": fresh_gzip, "http1-unknown": unknown, "http2-repeated": http2}


# Of a gateway that has clients configured.
CLIENT_CASES = {"http1-fresh-token": fresh_token}

# Of a gateway that writes a line for each.
LOGGED_CASES = {"http1-repeated-logged": repeated, "http1-fresh-logged": fresh, "http2-repeated-logged": http2}


class Counted(servers.Bursar):
    """Bursar under callgrind."""

    def start(self):
        shim = self.directory / "sigsuspend.so"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", shim, Path(__file__).parent / "sigsuspend.c"], check=True)
        log = (self.directory / "callgrind.log").open("w")
        self.process = Process(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={self.directory}/out", *self.command], core=None,
            environment={"NIO_SINGLETON_GROUP_LOOP_COUNT": "1", "LD_PRELOAD": str(shim)}, log=log)
        self.ready_after = self.process.wait_for_port(self.port, limit=180)

    def instructions(self, case, count):
        """Of one request, on average; the first ones, which fill tables and caches, are not counted."""
        case(self.port, 50)
        subprocess.run(["callgrind_control", "--zero", str(self.process.pid)], check=True, capture_output=True)
        case(self.port, count)
        known = set(self.directory.glob("out.*"))
        subprocess.run(["callgrind_control", "--dump", str(self.process.pid)], check=True, capture_output=True)
        dump = max(set(self.directory.glob("out.*")) - known)
        return int(re.search(r"^(?:totals|summary): (\d+)", dump.read_text(), re.M)[1]) / count, dump


def read_budgets():
    lines = [line.split() for line in BUDGETS.read_text().splitlines()] if BUDGETS.exists() else []
    return {words[0]: int(words[1]) for words in lines if words and not words[0].startswith("#")}


def main():
    parser = argparse.ArgumentParser(prog="scripts/budgets", description="Instructions of a hit against their budgets.")
    parser.add_argument("binary", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--write", action="store_true", help="what was counted, with 10 %% room, becomes the budget")
    parser.add_argument("--keep", type=Path, help="copy callgrind's files to this folder, for callgrind_annotate")
    parser.add_argument("--requests", type=int, default=REQUESTS)
    options = parser.parse_args()
    budgets, counted = read_budgets(), {}
    with tempfile.TemporaryDirectory(prefix="bursar-budgets-") as name:
        # Valgrind's reader gives up at some newer debug information; the symbols are enough for the names.
        program = Path(name) / "bursar"
        subprocess.run(["strip", "--strip-debug", "-o", program, options.binary], check=True)
        for kind, cases in ((), CASES), (("clients",), CLIENT_CASES), (("logged",), LOGGED_CASES):
            directory = Path(name) / "-".join(("of",) + kind)
            directory.mkdir()
            bursar = Counted(program, directory, **dict.fromkeys(kind, True))
            servers.answer(bursar.port, headers=bursar.headers)  # the first read fills the table
            for case, load in cases.items():
                counted[case], dump = bursar.instructions(load, options.requests)
                if options.keep:
                    (options.keep / f"callgrind.{case}").write_bytes(dump.read_bytes())
            bursar.stop()
    exceeded = False
    for case, count in counted.items():
        budget = budgets.get(case)
        over = budget is not None and count > budget
        exceeded |= over
        print(f"{case:20} {count:9.0f} instructions a request, budget {budget or 'none'}{': EXCEEDED' if over else ''}")
    if options.write:
        BUDGETS.write_text(
            "# Instructions of one hit, user space only, 10 % above what was counted. scripts/budgets compares and --write renews.\n"
            + "".join(f"{case} {round(count * ROOM)}\n" for case, count in counted.items()))
    elif exceeded:
        sys.exit("scripts/budgets: a hit costs more than its budget; see callgrind_annotate on --keep's files")


main()
