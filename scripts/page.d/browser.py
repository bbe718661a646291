"""A real browser, and what no page of ours may ever do in it: an error in its console, a request to somewhere else, a report of its policy."""

import json
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

# Set before any script of the page runs.
WATCH = """
window.reports = [];
document.addEventListener("securitypolicyviolation", (event) => window.reports.push(`${event.violatedDirective} ${event.blockedURI}`));
window.longest = 0;
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
}).observe({ type: "longtask", buffered: true });
"""


class Failure(AssertionError):
    pass


def expect(condition, words):
    if not condition:
        raise Failure(words)


class Visit:
    """A tab. `faults` are what has happened in it that must not."""

    def __init__(self, context, address, may_fail=()):
        self.context, self.address, self.faults = context, address, []
        self.origin = urlsplit(address)[:2]
        self.paths = []
        self.page = context.new_page()
        self.page.add_init_script(WATCH)
        # A browser writes an error for every answer of 4xx or 5xx and every refused connection; a case says which it brings about.
        self.page.on("console", lambda message: self._console(message, may_fail))
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.goto(address)

    def _console(self, message, may_fail):
        if message.type in ("error", "warning") and not any(words in message.text for words in may_fail):
            self.faults.append(f"console: {message.text} {message.location.get('url', '')}")

    def _request(self, request):
        parts = urlsplit(request.url)
        self.paths.append(parts.path)
        if parts[:2] != self.origin and parts.scheme != "data":
            self.faults.append(f"foreign request: {request.url}")

    def rows(self, count=None, limit=15_000):
        """Waits for the cards: all of them, or so many."""
        if count is None:
            self.page.wait_for_selector(".card", timeout=limit)
        else:
            self.page.wait_for_function("count => document.querySelectorAll('.card').length === count", arg=count, timeout=limit)
        return self

    def text(self, selector):
        return self.page.locator(selector).first.text_content()

    def waits_for(self, selector, words, limit=15_000):
        """Until the element's text has these words."""
        try:
            self.page.wait_for_function(
                "([selector, words]) => document.querySelector(selector)?.textContent.includes(words)", arg=[selector, words], timeout=limit)
        except Exception:
            raise Failure(f"{selector} says {self.page.locator(selector).first.text_content()!r}, not {words!r}") from None

    def accessible(self, where="", part=None):
        """`part` is a selector, where the whole would take a minute."""
        results = Axe().run(self.page, context=part)
        found = [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in results.response["violations"]]
        expect(not found, f"axe{' ' + where if where else ''}: {found}")
        return len(results.response["passes"])

    def fits(self, where=""):
        self.page.wait_for_timeout(200)
        wide = self.page.evaluate("""() => [...document.querySelectorAll("body *")].filter((each) => !each.closest(".unseen, .figures")
            && each.checkVisibility({ contentVisibilityAuto: true }) && each.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((each) => each.className).slice(0, 5)""")
        inner, outer = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        expect(inner <= outer and not wide, f"wider than the window {where}: {inner} of {outer}, {wide}")

    def close(self):
        self.faults += [f"policy: {report}" for report in self.page.evaluate("window.reports")]
        self.page.close()
        expect(not self.faults, f"{self.faults}")


class Browser:
    def __init__(self, executable):
        self._playwright = sync_playwright().start()
        # A container has no user namespace for the sandbox, and every address here is our own.
        self.chromium = self._playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])

    def context(self, width=1280, height=800, **options):
        return self.chromium.new_context(viewport={"width": width, "height": height}, **options)

    def longest_task(self, page, act):
        """(processor ms, wall ms) of the longest task of the page's thread while `act` runs. The first says what the page costs, whatever
        else the machine does."""
        self.chromium.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "blink.user_timing"])
        try:
            act()
            page.evaluate("performance.mark('whose task')")
        finally:
            events = json.loads(self.chromium.stop_tracing())["traceEvents"]
        # The browser draws its own windows with pages, too: theirs are other processes.
        threads = {(each["pid"], each["tid"]) for each in events if each["name"] == "whose task"}
        expect(threads, "the trace does not say which thread is the page's")
        tasks = [(each.get("tdur", 0) / 1000, each.get("dur", 0) / 1000) for each in events
                 if each["name"] in ("RunTask", "ThreadControllerImpl::RunTask") and (each["pid"], each["tid"]) in threads]
        return max((task[0] for task in tasks), default=0), max((task[1] for task in tasks), default=0)

    def close(self):
        self.chromium.close()
        self._playwright.stop()
