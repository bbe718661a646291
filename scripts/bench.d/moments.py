"""What is not a load: a start, a cold read, a crowd of cold callers, and rest."""

import json
import os
import select
import socket
import time

from processes import LOAD_CORE
from servers import answer


def calls(port, provider):
    """How often a provider's mock was called."""
    document = json.loads(answer(port, "/_mock").partition(b"\r\n\r\n")[2])
    return next(entry["calls"] for entry in document["providers"] if entry["provider"] == provider)


def first_answer(port, path):
    started = time.monotonic()
    received = answer(port, path)
    taken = time.monotonic() - started
    if not received.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{path}: {received[:200]!r}")
    return taken


def cold_reads(bursar, times):
    """Seconds of the first `GET /v1/balances` after each of several starts, of each start, and of the slowest of five providers that
    are asked directly at once, over new connections, before each read."""
    reads, starts, direct = [], [], []
    for _ in range(times):
        bursar.process.stop()
        bursar.forget()
        bursar.start()
        starts.append(bursar.ready_after)
        time.sleep(0.2)  # a start goes on behind its first accept
        direct.append(asked_directly(bursar.mock_port, 5))
        reads.append(first_answer(bursar.port, "/v1/balances"))
    return reads, starts, direct


def asked_directly(mock_port, count):
    """Seconds until so many answers of a mock have come that was asked for all at once."""
    started = time.monotonic()
    clients = []
    for _ in range(count):
        clients.append(socket.create_connection(("127.0.0.1", mock_port), timeout=10))
        clients[-1].sendall(b"GET /legnext/api/account/balance HTTP/1.1\r\nHost: 127.0.0.1\r\nx-api-key: user:directly\r\n\r\n")
    for client in clients:
        if not client.recv(65536).startswith(b"HTTP/1.1 200"):
            raise RuntimeError("a mock answered with something else than 200")
        client.close()
    return time.monotonic() - started


def crowd(bursar, provider, callers):
    """So many simultaneous requests on a cold credential.

    Returns the seconds from the first of them to the last answer and to the first, the server's processor seconds, and the upstream calls.
    """
    bursar.process.stop()
    bursar.forget()
    bursar.start()
    before = calls(bursar.mock_port, provider)
    taken, first, spent = at_once(bursar.process, bursar.port, f"/v1/balances/{provider}", callers)
    return taken, first, spent, calls(bursar.mock_port, provider) - before


def at_once(process, port, path, callers):
    """So many simultaneous requests, from the core that the server has not. Returns the seconds from the first of them to the last answer
    and to the first, and the server's processor seconds."""
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(callers)]
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    waiting = select.epoll()
    by_descriptor = {client.fileno(): client for client in sockets}
    for descriptor in by_descriptor:
        waiting.register(descriptor, select.EPOLLIN | select.EPOLLET)
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(LOAD_CORE)} & cores or cores)
    time.sleep(1)  # connecting is not what is measured: by now all are accepted
    spent, buffer, answered, first = process.run_seconds(), bytearray(65536), 0, None
    started = time.monotonic()
    for client in sockets:
        client.send(head)
    while answered < callers:
        ready = waiting.poll(10)
        first = first or time.monotonic() - started
        if not ready:
            raise RuntimeError(f"{callers - answered} of {callers} callers got no answer")
        for descriptor, _ in ready:
            by_descriptor[descriptor].recv_into(buffer)
            if not buffer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError("a caller of the crowd got another answer than 200")
        answered += len(ready)
    taken = time.monotonic() - started
    spent = process.run_seconds() - spent
    os.sched_setaffinity(0, cores)
    for client in sockets:
        client.close()
    return taken, first, spent


def rest(bursar, seconds):
    """Resident megabytes after one read of every account, and how often anything woke up while nobody asked."""
    first_answer(bursar.port, "/v1/balances")
    time.sleep(1)
    before = bursar.process.wake_ups()
    time.sleep(seconds)
    woken = sum(count - before.get(thread, 0) for thread, count in bursar.process.wake_ups().items())
    return bursar.process.resident_megabytes(), woken


class Memory:
    """What a server holds: resident megabytes and open descriptors."""

    def __init__(self, process):
        self.process = process
        self.before = self.now()

    def now(self):
        return self.process.resident_megabytes()[0], self.process.descriptors()

    def back(self, seconds=10):
        """Whether the descriptors are as many as before, within that time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.descriptors() > self.before[1]:
            time.sleep(0.1)
        return self.process.descriptors() <= self.before[1]


def idle_connections(bursar, count):
    """So many kept connections, each after one answer. Returns resident megabytes before and with them, and whether all
    descriptors come back."""
    memory = Memory(bursar.process)
    head = b"GET /v1/balances HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    clients = []
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", bursar.port), timeout=30)
        client.sendall(head)
        clients.append(client)
    for client in clients:
        if not client.recv(65536).startswith(b"HTTP/1.1 200"):
            raise RuntimeError("an idle connection got no answer")
    first_answer(bursar.port, "/v1/balances")
    held = memory.now()[0]
    for client in clients:
        client.close()
    return memory.before[0], held, memory.back()


def slow_readers(bursar, count, seconds=5):
    """So many clients that ask on and on and read nothing. Returns the same, the largest of some looks."""
    memory = Memory(bursar.process)
    heads = b"GET /v1/balances HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 1000
    clients = []
    for _ in range(count):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", bursar.port))
        client.setblocking(False)
        clients.append(client)
    largest, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for client in clients:
            try:
                client.send(heads)
            except (BlockingIOError, ConnectionError):
                pass
        largest = max(largest, memory.now()[0])
        first_answer(bursar.port, "/v1/balances")
        time.sleep(0.1)
    largest = max(largest, memory.now()[0])
    for client in clients:
        client.close()
    return memory.before[0], largest, memory.back()


def full_load(bursar, load, target, seconds):
    """All that the load generator can. Returns resident megabytes after a tenth of the time and at the end, and whether all
    descriptors come back."""
    memory = Memory(bursar.process)
    load(target, max(1, seconds // 10))
    early = memory.now()[0]
    load(target, seconds - max(1, seconds // 10))
    return early, memory.now()[0], memory.back()


def endurance(bursar, loads, seconds):
    """All that the load generators can, in ten turns. Returns the successful answers, resident megabytes before and after each turn, and
    whether all descriptors come back."""
    memory = Memory(bursar.process)
    answers, held = 0, [memory.before[0]]
    for turn in range(10):
        load, target = loads[turn % len(loads)]
        answers += load(target, max(1, seconds // 10))
        held.append(memory.now()[0])
    return answers, held, memory.back()
