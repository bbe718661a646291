"""Called by scripts/check-alerts.

Each world has a gateway, its store, two webhooks that fail, come and go, and one that answers 404. Accounts get low, are rejected and
unreachable, and recover, while the gateway is killed with SIGKILL at any moment: while it starts, while it reads, before and after a
receiver takes a message. Between a kill and the next start the store is made older, by up to two hours and in the end as much as the
retries need: nobody waits for the clock. Beside them one gateway tells an Alertmanager, by the true clock.
"""

import argparse
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import threading
import time

from alertmanager import check_alertmanager
from provider import Provider
from world import World


# After so many nothing new is learned.
MOST_FAILURES = 20


class Tally:
    """What all saw together. Any thread."""

    def __init__(self, goal):
        self.goal, self.lock = goal, threading.Lock()
        self.begun = time.monotonic()
        self.counts, self.kills, self.failures = {}, {}, []
        # What must not outlive the check; those that ended do not mind.
        self.processes = []

    def now(self):
        return time.monotonic()

    def add(self, **counts):
        with self.lock:
            for name, count in counts.items():
                self.counts[name] = self.counts.get(name, 0) + count

    def killed(self, why):
        with self.lock:
            self.kills[why] = self.kills.get(why, 0) + 1

    @property
    def all_kills(self):
        return sum(count for why, count in self.kills.items() if why != "end")

    def goes_on(self):
        return len(self.failures) < MOST_FAILURES and self.all_kills < self.goal

    def failed(self, text):
        with self.lock:
            self.failures.append(text)
        print("FAILED", text, file=sys.stderr, flush=True)


def stop_at_once(tally):
    for process in tally.processes:
        process.kill()
    os._exit(130)


def main():
    parser = argparse.ArgumentParser(prog="scripts/check-alerts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", help=argparse.SUPPRESS)
    parser.add_argument("--kills", type=int, default=1_000, help="kills of gateways, at least (1000)")
    parser.add_argument("--worlds", type=int, default=3, help="gateways at a time, each with a store of its own (3)")
    parser.add_argument("--pause", type=int, default=300, help="seconds that Alertmanager hears nothing from Bursar (300)")
    parser.add_argument("--seed", default=str(random.randrange(1 << 32)), help="of what happens when; not of how threads meet")
    options = parser.parse_args()
    print(f"check-alerts: seed {options.seed}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bursar-alerts-"))
    provider, tally = Provider(), Tally(options.kills)
    worlds = [World(number, options.seed, options.binary, folder, provider, tally) for number in range(options.worlds)]
    threads = [threading.Thread(target=world.run) for world in worlds]
    threads.append(threading.Thread(target=check_alertmanager, args=(options.binary, folder, provider, tally, options.pause)))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop_at_once(tally))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [receiver.told for world in worlds for receiver in (world.one, world.two)]

    def count(name):
        return tally.counts.get(name, 0)

    def all_of(name):
        return sum(len(getattr(one, name)) for one in told)

    print(
        f"check-alerts: {tally.all_kills} kills in {time.monotonic() - tally.begun:.0f} s ({tally.kills.get('starting', 0)} while starting, "
        f"{tally.kills.get('delivery', 0)} in a delivery), {count('receiver_stops')} stops of receivers, {count('cycles')} cycles; "
        f"{count('attempts')} attempts, each verified, were {all_of('messages')} messages, {sum(one.repeats for one in told)} of them "
        f"taken again under their id; {all_of('fired')} edges and {all_of('ended')} ends ({all_of('unheard')} of something unheard of), "
        f"{all_of('top_ups')} top-ups; {count('superseded')} superseded and not sent; {count('gone_targets')} gone targets posted "
        f"{count('gone_posts')} times; Alertmanager: {count('am_kills')} kills, {count('am_silent')} s without Bursar; "
        f"{len(tally.failures)} failures")
    if tally.failures:
        print(f"check-alerts: what was found is in {folder}")
        sys.exit(1)
    shutil.rmtree(folder)


main()
