"""Runs the gateway and its mocks for minutes under faults, reloads and bad clients, and says whether anything grew, ended or leaked."""

import argparse
import json
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from clients import ROLES, Load
from ports import free_port
from processes import Process
from world import World

SAMPLE_EVERY = 2.0
SETTLE_LIMIT = 120.0
# How far the median of the last third may lie above that of the second: history goes to disk, everything else is bounded, and what
# is left is the allocator's way of filling its arenas.
MEMORY_GROWTH_MB = 8.0
# After the load the gateway may keep this many more descriptors than before it: idle connections to the mocks.
MORE_DESCRIPTORS = 5
# And threads: the runtime's pools start the last of their few only when enough is asked of them at one moment.
MORE_THREADS = 2


def main():
    options = arguments()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"soak: {options.minutes:g} min, seed {seed}, {options.binary}", flush=True)
    with tempfile.TemporaryDirectory(prefix="bursar-soak-") as folder:
        sys.exit(run(options, seed, Path(folder)))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("minutes", nargs="?", type=float, default=60)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--keep-log", type=Path, help="copy the gateway's log there")
    return parser.parse_args()


def run(options, seed, folder):
    world = World(folder, free_port(), free_port(), random.Random(seed))
    world.write_configuration()
    log = folder / "log.jsonl"
    mock = Process([options.binary, "mock", "--listen", f"127.0.0.1:{world.mock_port}"], core=None)
    mock.wait_for_port(world.mock_port)
    with open(log, "wb") as file:
        gateway = Process([options.binary, "serve", "--config", world.path], core=None, log=file)
    gateway.wait_for_port(world.port)
    problems = []

    # What a process has when it did everything once: the beginning that the end is compared with.
    load = Load(world, gateway, random.Random(seed + 1))
    load.everything_once()
    time.sleep(3)
    begin = sample(gateway)

    samples = []
    load.start(ROLES)
    ends = time.monotonic() + options.minutes * 60
    while time.monotonic() < ends and gateway.child.poll() is None:
        time.sleep(SAMPLE_EVERY)
        if gateway.child.poll() is None:
            samples.append(sample(gateway))
    load.stop()
    problems += load.problems

    if gateway.child.poll() is not None:
        problems.append(f"the gateway ended with {gateway.child.returncode}")
        end = samples[-1] if samples else begin
    else:
        world.all_well()
        end = settled(gateway, begin)
        problems += compare(begin, end, samples)
        status = load.fetch("/v1/status")
        if status[0] != 200:
            problems.append(f"/v1/status says {status[0]} at the end")
        gateway.stop()
        if gateway.child.returncode != 0:
            problems.append(f"the gateway ended with {gateway.child.returncode} on SIGTERM")
    mock.stop()
    if options.keep_log:
        options.keep_log.write_bytes(log.read_bytes())
    problems += leaks(log, world.keys)
    report(begin, samples, end, load, world, log)
    for problem in sorted(set(problems)):
        print(f"soak: FAILED: {problem} ({problems.count(problem)} times)")
    print("soak: " + ("failed" if problems else "passed"), flush=True)
    return 1 if problems else 0


def sample(process):
    """Descriptors, threads, resident megabytes."""
    folder = Path(f"/proc/{process.pid}")
    return (len(list((folder / "fd").iterdir())), len(list((folder / "task").iterdir())), process.resident_megabytes()[0])


def settled(gateway, begin):
    """Once the connections of the load are closed, or given up on: a sample. Nothing of it is measured earlier."""
    ends = time.monotonic() + SETTLE_LIMIT
    while True:
        now = sample(gateway)
        if (now[0] <= begin[0] + MORE_DESCRIPTORS and now[1] <= begin[1] + MORE_THREADS) or time.monotonic() > ends:
            return now
        time.sleep(1)


def compare(begin, end, samples):
    problems = []
    if end[0] > begin[0] + MORE_DESCRIPTORS:
        problems.append(f"{end[0]} descriptors after the load, {begin[0]} before")
    if end[1] > begin[1] + MORE_THREADS:
        problems.append(f"{end[1]} threads after the load, {begin[1]} before")
    third = len(samples) // 3
    if third >= 5:
        early = statistics.median(memory for _, _, memory in samples[third:2 * third])
        late = statistics.median(memory for _, _, memory in samples[2 * third:])
        if late > early + MEMORY_GROWTH_MB:
            problems.append(f"memory grew from {early:.1f} to {late:.1f} MB between the second and the last third")
    return problems


def leaks(log, keys):
    """Whether a line of the log holds a key that was ever configured or sent."""
    text = log.read_bytes()
    return ["a key is in the log" for key in keys if key.encode() in text]


def report(begin, samples, end, load, world, log):
    print(f"  {'':12}{'begin':>10}{'first':>10}{'median':>10}{'last':>10}{'max':>10}{'after':>10}")
    for index, name in enumerate(["descriptors", "threads", "resident MB"]):
        column = [sample[index] for sample in samples] or [begin[index]]
        values = [begin[index], column[0], statistics.median(column), column[-1], max(column), end[index]]
        print(f"  {name:12}" + "".join(f"{value:10.1f}" if index == 2 else f"{value:10.0f}" for value in values))
    third = len(samples) // 3
    if third:
        thirds = [statistics.median(s[2] for s in samples[n * third:(n + 1) * third]) for n in range(3)]
        print("  resident MB, medians of the thirds: " + ", ".join(f"{value:.1f}" for value in thirds))
    print(f"  answers: {json.dumps(dict(sorted(load.statuses.items())))}")
    print(f"  done: {json.dumps(dict(sorted(load.counts.items())))}")
    print(f"  keys configured or sent: {len(world.keys)}; log: {log.stat().st_size / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    threading.excepthook = lambda failure: (print(f"soak: {failure.thread.name}: {failure.exc_value!r}", file=sys.stderr))
    main()
