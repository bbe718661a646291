"""A port that stays one's own while nobody listens on it."""

import itertools
import random
import socket
import threading

# Below those that outgoing connections are given: one of them would take the port of a receiver that is stopped.
RANGE = range(20_000, 32_000)
lock, candidates = threading.Lock(), itertools.cycle(random.sample(RANGE, len(RANGE)))


def free_port():
    with lock:
        for port in candidates:
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                return port
