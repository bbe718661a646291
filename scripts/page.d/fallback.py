"""Where there is no stream to read: the page asks again and again, as it says."""

import http.client
import time
from contextlib import contextmanager

from browser import Visit, expect
from cases import case, gateway

DRIFTING = [("sunor", "default", "mock-drift", "ttl: 1s")]


def asks(tab):
    """Rows without a stream, the words for it, and a change that arrives all the same."""
    tab.rows(1).waits_for("#connection-words", "again in ")
    expect("asking" in tab.page.locator("#connection").get_attribute("class").split(), "it does not look like asking")
    expect(tab.text("#trouble") == "" and tab.page.locator("html.lost").count() == 0, f"a trouble that is none: {tab.text('#trouble')}")
    for _ in range(2):
        tab.page.wait_for_function("before => document.querySelector('.value').textContent !== before",
                                   arg=tab.text(".value"), timeout=15_000)
    tab.accessible("asking")
    streams = sum(path.endswith("/v1/balances/stream") for path in tab.paths)
    polls = sum(path.endswith("/v1/balances") for path in tab.paths)
    expect(streams == 1, f"the stream was tried {streams} times within seconds")
    expect(polls > 1, f"asked {polls} times")
    tab.close()


@contextmanager
def taken(world):
    """The gateway's only stream, held by somebody else."""
    end = time.monotonic() + 15
    while True:
        holder = http.client.HTTPConnection("127.0.0.1", world.port, timeout=30)
        try:
            holder.request("GET", "/v1/balances/stream")
            answer = holder.getresponse()
            if answer.status == 200:
                yield
                return
        finally:
            holder.close()
        # Whoever had it before has hung up, and the gateway is about to notice.
        expect(time.monotonic() < end, f"the only stream is not to be had: {answer.status}")
        time.sleep(0.1)


@case("Without a stream, as behind an old proxy, it asks again and says when, and a change arrives")
def unknown(run):
    with gateway(run, DRIFTING) as world:
        context = run.browser.context()
        try:
            context.route("**/v1/balances/stream", lambda route: route.fulfill(status=404, content_type="text/plain", body="no such page\n"))
            asks(Visit(context, world.url, ["status of 404", *run.tolerated]))
        finally:
            context.close()


@case("Where all streams are taken it asks again and says when, and a change arrives")
def crowded(run):
    with gateway(run, DRIFTING, settings="limits: {streams: 1}") as world, taken(world):
        context = run.browser.context()
        try:
            asks(Visit(context, world.url, ["status of 503", *run.tolerated]))
        finally:
            context.close()
