"""Starting, watching and ending the processes of a measurement. Every process is ended by its own id, whatever happens."""

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

SERVER_CORE, LOAD_CORE = "0", "1"
TICKS = os.sysconf("SC_CLK_TCK")
_running = []


def stat_fields(pid):
    """The fields of /proc/PID/stat behind the name, which may itself hold blanks and parentheses."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


class Process:
    """One server, pinned to a core, with the processes that it starts."""

    def __init__(self, command, core=SERVER_CORE, environment=None, log=subprocess.DEVNULL):
        pinned = ["taskset", "-c", core] if core and shutil.which("taskset") else []
        self.started = time.monotonic()
        self.child = subprocess.Popen(
            pinned + [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, **(environment or {})})
        self.pid = self.child.pid
        _running.append(self)

    def tree(self):
        """This process and its descendants."""
        found, waiting = [], [self.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += [int(child) for child in tasks.read_text().split()]
        return found

    def cpu_seconds(self):
        """User and system time of the tree, children that have ended included."""
        return sum(sum(int(field) for field in stat_fields(pid)[11:15]) for pid in self.tree()) / TICKS

    def run_seconds(self):
        """Time on a processor of its threads that live, to the nanosecond: for what takes less than the ticks of ``cpu_seconds``."""
        return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{self.pid}/task").glob("*/schedstat")) / 1e9

    def resident_megabytes(self):
        """All of it, and what is its own memory and not the program's file."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return tuple(int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "RssAnon"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def wake_ups(self):
        """How often each of its threads has gone to sleep of its own will, which is how often something woke it."""
        statuses = {path.parent.name: path.read_text() for path in Path(f"/proc/{self.pid}/task").glob("*/status")}
        return {thread: int(re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)", text)[1]) for thread, text in statuses.items()}

    def wait_for_port(self, port, limit=15.0):
        """Until it accepts connections; how long after its start that was."""
        while time.monotonic() - self.started < limit:
            if self.child.poll() is not None:
                raise RuntimeError(f"{self.child.args} ended with {self.child.returncode}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return time.monotonic() - self.started
            except OSError:
                time.sleep(0.001)
        raise RuntimeError(f"{self.child.args} does not listen on {port}")

    def stop(self):
        if self in _running:
            _running.remove(self)
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


def stop_all():
    for process in list(_running):
        process.stop()


atexit.register(stop_all)
