"""What the page costs: time, bytes, and how long it keeps the browser busy at a stretch."""

import os
import statistics

from bare import BareBrowser
from browser import Visit, expect
from cases import case, figures, gateway, one, visit
from floor import least_page
from world import FOURTEEN


@case("Five hundred accounts: no long task, and a name is found while all are shown")
def many(run):
    with gateway(run, one(500)) as world:
        world.get("/v1/balances")
        context = run.browser.context()
        tab = Visit(context, "about:blank", run.tolerated)
        tab.origin = ("http", f"127.0.0.1:{world.port}")

        def act():
            tab.page.goto(world.url)
            tab.rows(500, 60_000)
            tab.page.locator("#find").type("a49", delay=30)
            tab.page.wait_for_function("() => document.querySelectorAll('.card:not([hidden])').length === 11")
            tab.page.locator("#find").fill("")
            tab.page.wait_for_function("() => document.querySelectorAll('.card:not([hidden])').length === 500")
            for _ in range(15):
                tab.page.mouse.wheel(0, 700)
                tab.page.wait_for_timeout(60)
            tab.page.wait_for_timeout(500)
        processor, wall = run.browser.longest_task(tab.page, act)
        figures["longest task, 500 rows"] = f"{processor:.0f} ms of processor, {wall:.0f} ms by the clock"
        # The goal is 50 ms (docs/page.md says what is reached). Beside builds its clock counts what others do, too: only what is far off fails.
        busy = os.getloadavg()[0] > os.cpu_count() / 2
        expect(processor <= (300 if busy else 100), f"a task of {processor:.0f} ms")
        tab.accessible("500 rows", "header, h1, #choices, h2, .card:nth-child(-n+40)")
        tab.close()
        context.close()


@case("The first useful paint, and the bytes of the page")
def quick(run):
    with gateway(run, FOURTEEN) as world, least_page() as least:
        world.get("/v1/balances")
        paints, floors, blanks = [], [], []
        shown = "performance.getEntriesByName('rows')[0]?.startTime"
        painted = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        with BareBrowser(run.chromium) as browser:
            for _ in range(15):
                rows, words = browser.load(world.url, f"[{shown}, {painted}]", 1.5)
                expect(rows is not None, "no rows within 1.5 s")
                paints.append(rows)
                blanks.append(words or 0)
                floors.append(browser.load(least, shown, 0.7))
                expect(floors[-1] is not None, "nothing within 0.7 s")
        figures["first useful paint"] = f"{min(paints):.0f} ms at best, {statistics.median(paints):.0f} ms in the middle of {len(paints)}; " \
                                        f"on the screen {min(blanks):.0f} and {statistics.median(blanks):.0f} ms; " \
                                        f"a page of one module {min(floors):.0f} and {statistics.median(floors):.0f} ms"
        with visit(run, world.url) as tab:
            # The last of what is loaded after the first picture.
            tab.page.wait_for_function("() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/history?'))")
            sent, whole = tab.page.evaluate("""performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
                .filter(({ name }) => /(\\/|css|js|svg)$/.test(new URL(name).pathname) && !name.includes("/v1/"))
                .reduce(([sent, whole], each) => [sent + each.transferSize, whole + each.decodedBodySize], [0, 0])""")
        figures["bytes"] = f"{sent / 1000:.1f} kB sent, with heads; {whole / 1000:.1f} kB unpacked"
        expect(sent <= 60_000, f"{sent} bytes")
