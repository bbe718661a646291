"""A browser that nobody listens to while a page is loaded: no driver is told of its requests, its console or its frames, for that takes
the processors that the page is measured on. It is spoken to through a pipe (the Chrome DevTools Protocol), before and after."""

import json
import os
import subprocess
import tempfile
import time

FLAGS = ["--headless=new", "--no-sandbox", "--no-first-run", "--disable-extensions", "--disable-component-update", "--disable-background-networking",
         "--disable-sync", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,800", "--remote-debugging-pipe"]


class BareBrowser:
    def __init__(self, executable):
        self._folder = tempfile.TemporaryDirectory(prefix="bursar-browser-", ignore_cleanup_errors=True)
        (commands, self._to), (self._from, answers) = os.pipe(), os.pipe()
        # The browser reads from descriptor 3 and writes to 4.
        self._child = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{commands} 4>&{answers}', "bash", executable, *FLAGS, f"--user-data-dir={self._folder.name}", "about:blank"],
            pass_fds=(commands, answers), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self._number, self._rest = 0, b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self._ask("Browser.close")
            self._child.wait(10)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            self._child.kill()
            self._child.wait()
        os.close(self._to)
        os.close(self._from)
        self._folder.cleanup()

    def load(self, address, expression, wait):
        """Opens a page as a browser that has never seen it, leaves it alone for so many seconds, and gives what the expression comes to there."""
        context = self._ask("Target.createBrowserContext")["browserContextId"]
        page = self._ask("Target.createTarget", url=address, browserContextId=context)["targetId"]
        time.sleep(wait)
        session = self._ask("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        found = self._ask("Runtime.evaluate", session, expression=expression, returnByValue=True)["result"].get("value")
        self._ask("Target.disposeBrowserContext", browserContextId=context)
        return found

    def _ask(self, method, session=None, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _next(self):
        while b"\0" not in self._rest:
            read = os.read(self._from, 1 << 20)
            if not read:
                raise RuntimeError("the browser has ended")
            self._rest += read
        text, _, self._rest = self._rest.partition(b"\0")
        return json.loads(text)
