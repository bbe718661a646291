"""One measured load: what it costs the server, in CPU microseconds for each successful request."""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from processes import LOAD_CORE, Process

HERE = Path(__file__).parent


@dataclass
class Target:
    """What is asked: a server's process and a URL, with header fields that every request has."""

    process: Process
    url: str
    headers: list = field(default_factory=list)
    # What tells one request's head from the next: nothing, "traced", or "unknown"; see fresh-heads.lua.
    heads: str = ""
    environment: dict = field(default_factory=dict)


@dataclass
class Cost:
    """What one load cost; microseconds of the server's processor for each successful request."""

    microseconds: float
    per_second: float


def http1(target, seconds):
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s"]
    for header in target.headers:
        command += ["-H", header]
    arguments = []
    if target.heads:
        command += ["-s", HERE / "fresh-heads.lua"]
        arguments = ["--", target.heads]
    output = _load(command + [target.url] + arguments, seconds, target)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    return int(re.search(r"(\d+) requests in", output)[1]) - (int(failed[1]) if failed else 0)


def http2(target, seconds):
    command = ["h2load", "-t1", "-c8", "-m8", f"-D{seconds}"]
    for header in target.headers:
        command += ["-H", header]
    return int(re.search(r"(\d+) 2xx", _load(command + [target.url], seconds, target))[1])


def http2_not_modified(target, seconds):
    """Answers of 304, which h2load counts as 3xx."""
    command = ["h2load", "-t1", "-c8", "-m8", f"-D{seconds}"]
    for header in target.headers:
        command += ["-H", header]
    return int(re.search(r"(\d+) 3xx", _load(command + [target.url], seconds, target))[1])


def measure(load, target, seconds):
    """A warm-up as long as the measurement, then the measurement."""
    load(target, seconds)
    before = target.process.cpu_seconds()
    requests = load(target, seconds)
    spent = target.process.cpu_seconds() - before
    if requests == 0:
        raise RuntimeError(f"no successful answer from {target.url}")
    return Cost(spent / requests * 1e6, requests / seconds)


def _load(command, seconds, target):
    pinned = ["taskset", "-c", LOAD_CORE] + [str(word) for word in command]
    return subprocess.run(pinned, check=True, capture_output=True, text=True, timeout=seconds * 3 + 20,
                          env={**os.environ, **target.environment}).stdout
