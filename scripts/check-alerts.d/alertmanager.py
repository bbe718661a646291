"""Debian's Alertmanager, asked with its own amtool: what fires, a silence of the user's, what ended. By the true clock."""

import json
import subprocess
import time

from gateway import Gateway
from ports import free_port

ALERT, KILLS = "BursarBalanceLow", 10


class Alertmanager:
    def __init__(self, folder):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "am.yaml").write_text("route: {receiver: none, group_wait: 1s}\nreceivers: [{name: none}]\n")
        with open(folder / "am.log", "ab") as log:
            self.process = subprocess.Popen(
                ["prometheus-alertmanager", f"--config.file={folder}/am.yaml", f"--storage.path={folder}/am",
                 f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="], stdout=log, stderr=log)

    def amtool(self, *arguments):
        return subprocess.run(["amtool", f"--alertmanager.url={self.url}", *arguments], capture_output=True, text=True, timeout=30).stdout

    def shown(self):
        """The alert's state, when it began, and when it would end unless it is told again; nothing where it is not shown."""
        text = self.amtool("alert", "query", "--active", "--silenced", "--output=json", f"alertname={ALERT}")
        for alert in json.loads(text or "[]"):
            return alert["status"]["state"], alert["startsAt"], alert["endsAt"]
        return None, None, None

    def until(self, state, seconds):
        deadline = time.monotonic() + seconds
        while self.shown()[0] != state:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True


def check_alertmanager(binary, folder, provider, tally, pause):
    folder = folder / "alertmanager"
    folder.mkdir()
    manager, gateway = Alertmanager(folder), Gateway(binary, folder, tally)
    tally.processes.append(manager.process)
    gateway.configure(
        [f"name: am, kind: alertmanager, url: '{manager.url}'"], "ttl: 100ms, alerts: [{below: 50}]",
        [f"provider: tensorpix, name: a, key: key-am, base_url: '{provider.base_url}'"])

    def expect(state, what, seconds=20):
        if not manager.until(state, seconds):
            tally.failed(f"Alertmanager: {what}: it shows {manager.shown()}")

    def read(amount):
        provider.answers["key-am"] = amount
        for _ in range(3):
            gateway.read()
            time.sleep(0.15)

    try:
        gateway.start()
        read("400")
        read("39")
        expect("active", "what fires is not shown")
        _, began, _ = manager.shown()
        for _ in range(KILLS):
            gateway.kill("end")
            gateway.start()
            read("39")
            tally.add(am_kills=1)
            if manager.shown()[:2] != ("active", began):
                tally.failed(f"Alertmanager: after a kill it shows {manager.shown()}, and it began {began}")
        gateway.kill("end")
        stopped = time.monotonic()
        while time.monotonic() - stopped < pause:
            if manager.shown()[:2] != ("active", began):
                tally.failed(f"Alertmanager: {time.monotonic() - stopped:.0f} s without Bursar, and it shows {manager.shown()}")
                break
            time.sleep(min(5, max(0, pause - time.monotonic() + stopped)))
        tally.add(am_silent=int(time.monotonic() - stopped))
        manager.amtool("silence", "add", f"alertname={ALERT}", "--comment=by hand", "--author=somebody", "--duration=1h")
        expect("suppressed", "a silence is not in force")
        gateway.start()
        read("39")
        time.sleep(2)
        expect("suppressed", "a silence is gone when Bursar is back", 0)
        read("400")
        expect(None, "what ended is not resolved")
        for silence in manager.amtool("silence", "query", "--quiet").split():
            manager.amtool("silence", "expire", silence)
        time.sleep(2)
        expect(None, "what ended is back without the silence", 0)
    except Exception as error:  # a check that dies is one that failed
        tally.failed(f"Alertmanager: {error!r}")
    finally:
        gateway.kill("end")
        manager.process.terminate()
        manager.process.wait()
