"""What must hold of the page, each as a sentence. A case gets the browser and a folder of its own, and leaves nothing behind."""

import hashlib
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from browser import Visit, expect
from ports import free_port
from world import FOURTEEN, PASTS, World, start, stop

PUBLIC = Path(__file__).parents[2] / "Public"
CASES = []
figures = {}
STREAM = "404 (Not Found)"  # what the console says where a gateway has no stream


def case(words):
    def add(function):
        CASES.append((words, function))
        return function
    return add


@contextmanager
def gateway(run, accounts, clients=(), stories=None, settings=""):
    world = World(run.bursar, run.folder / str(free_port()))
    try:
        world.configure(accounts, clients, settings)
        world.live_through(stories) if stories else world.serve()
        run.tolerated = [] if world.has("/v1/balances/stream") and not clients else [STREAM]
        yield world
    finally:
        world.close()


def from_repository(route):
    """One module as it was written: the gateway serves all of them as one file."""
    route.fulfill(path=PUBLIC / Path(route.request.url).name, content_type="text/javascript")


@contextmanager
def visit(run, address, may_fail=(), modules=False, **options):
    """`modules`: single modules are at hand as source/NAME.js. Each request of the tab then takes a detour through here, which takes time."""
    context = run.browser.context(**options)
    if modules:
        context.route("**/source/*.js", from_repository)
    try:
        tab = Visit(context, address, [*may_fail, *run.tolerated])
        yield tab
        tab.close()
    finally:
        context.close()


def one(number=1):
    return [("sunor", f"a{index}", f"mock-balance-{950 + index}", "") for index in range(number)]


def with_a_cooldown(world):
    """One provider answers first and then says to wait."""
    world.get("/v1/balances")
    world.mock("PUT", "/_mock/openrouter", "429-retry-after-272")
    time.sleep(1.2)
    world.get("/v1/balances")
    end = time.monotonic() + 10
    while world.get("/v1/balances/openrouter")["balances"][0]["problem"] is None and time.monotonic() < end:
        time.sleep(0.1)


@case("Fourteen accounts: a sentence first, then cards by need, and no amount is another text than the gateway's")
def fourteen(run):
    with gateway(run, FOURTEEN, stories=PASTS) as world:
        with_a_cooldown(world)
        with visit(run, world.url) as tab:
            tab.rows(14).waits_for("h1", "3 of 14 need you")
            for words in ["sunor rejected its key", "hyper3d/studio is low", "tensorpix may be empty"]:
                expect(words in tab.text("h1"), f"{words!r} is not in {tab.text('h1')!r}")
            order = tab.page.locator(".card").evaluate_all("cards => cards.map(({ id }) => id)")
            expect(order[:4] == ["sunor/default", "hyper3d/studio", "tensorpix/default", "openrouter/default"], f"order: {order}")
            shown = tab.page.locator(".card .value:not(.none)").evaluate_all(
                "values => values.map((each) => [each.closest('.card').id, each.textContent])")
            rows = {f"{row['provider']}/{row['account']}": row["available"] for row in world.get("/v1/balances")["balances"]}
            for name, amount in shown:
                expect(rows[name] == amount, f"{name} shows {amount}, not {rows[name]}")
            expect(len(shown) == 13, f"{len(shown)} amounts")
            card = tab.page.locator("[id='openrouter/default']")
            card.scroll_into_view_if_needed()
            tab.waits_for("[id='openrouter/default'] .remedy", "Wait")
            before = card.locator(".retry").text_content()
            tab.page.wait_for_function("before => document.getElementById('openrouter/default').querySelector('.retry').textContent !== before",
                                       arg=before)
            expect("Asked again in" in card.locator(".retry").text_content(), "no countdown")
            tab.page.wait_for_selector("[id='tensorpix/default'] .chart .line")
            name = tab.page.locator("[id='tensorpix/default'] .chart").get_attribute("aria-label")
            expect(name.startswith("7 days: from ") and name.endswith(" USD"), name)
            tab.waits_for("[id='fal/default'] .runway", "not yet: 2 of 3 days seen")
            tab.page.locator("[id='deepseek/default']").scroll_into_view_if_needed()
            tab.page.wait_for_selector("[id='deepseek/default'] .chart .gap", state="attached")
            tab.page.get_by_text("30 days").click()
            tab.page.wait_for_function("() => document.getElementById('openrouter/default') && [...document.querySelectorAll('.chart')]"
                                       ".some((each) => each.getAttribute('aria-label')?.startsWith('30 days: from '))")


@case("No accessibility rule is broken: light, dark, forced colours, phone, wall, details open")
def accessible(run):
    with gateway(run, FOURTEEN, stories=PASTS) as world:
        with_a_cooldown(world)
        checks = 0
        for options, query in [({}, ""), ({"color_scheme": "dark"}, ""), ({"forced_colors": "active"}, ""), ({"width": 390}, ""),
                               ({"color_scheme": "dark", "width": 1920, "height": 1080}, "?wall")]:
            with visit(run, world.url + query, **options) as tab:
                tab.rows(14).page.wait_for_selector(".chart .line")
                if not query:
                    tab.page.locator("[id='hyper3d/studio'] summary").click()
                checks += tab.accessible(f"{options} {query}")
        figures["axe"] = f"0 violations, {checks} rules passed in 5 views"


@case("It fits from 320 to 2,560 pixels")
def fits(run):
    with gateway(run, FOURTEEN + [("tensorpix", "long", "mock-big-number", "")], stories=PASTS) as world:
        with visit(run, world.url) as tab:
            tab.rows(15).page.wait_for_selector(".chart .line")
            for width in [320, 390, 640, 1024, 1440, 2560]:
                tab.page.set_viewport_size({"width": width, "height": 900})
                tab.fits(f"at {width}")


@case("Without accounts it says what to do")
def none(run):
    with gateway(run, []) as world:
        with visit(run, world.url) as tab:
            tab.page.wait_for_selector("#empty:not([hidden])")
            expect("bursar.yaml" in tab.text("#empty"), tab.text("#empty"))
            tab.waits_for("h1", "No accounts yet")
            tab.accessible()


@case("With one account, and nothing wrong, it says so")
def single(run):
    with gateway(run, one()) as world:
        with visit(run, world.url) as tab:
            tab.rows(1).waits_for("h1", "Nothing is wrong")
            tab.accessible()


@case("A gateway that is killed and comes back: the rows stay, marked, and are told to be old; then it is live again")
def killed(run):
    with gateway(run, one(3)) as world:
        with visit(run, world.url, may_fail=["ERR_CONNECTION", "ERR_INCOMPLETE", "ERR_EMPTY"]) as tab:
            tab.rows(3)
            # All of the page is there; what happens before that is the next case.
            tab.waits_for("#connection-words", "live")
            world.halt(signal.SIGKILL)
            tab.waits_for("#trouble", "The gateway cannot be reached", 60_000)
            expect("What stands here is of" in tab.text("#trouble"), tab.text("#trouble"))
            tab.waits_for("#news", "The gateway is lost")
            expect(tab.page.locator(".card").count() == 3, "the rows are gone")
            tab.accessible("killed")
            world.serve()
            tab.page.wait_for_selector("#trouble", state="hidden", timeout=60_000)
            tab.waits_for("#news", "is back")
            expect(tab.page.locator("html.lost").count() == 0, "still marked as lost")


def token(run, name, more=""):
    text = subprocess.run([run.bursar, "token", "new", "--name", name, "--allow", "*"], capture_output=True, text=True).stdout.strip()
    digest = hashlib.sha256(text.encode()).hexdigest()
    return text, f"{{name: {name}, token_sha256: {digest}, allow: '*'{more}}}"


@case("A token is asked for, a wrong or expired one is refused, and one that is revoked or ends takes the rows away")
def tokens(run):
    good, client = token(run, "operator")
    expired, old = token(run, "old", ", expires: 2020-01-01")
    stranger, _ = token(run, "stranger")
    with gateway(run, one(3), clients=[client, old]) as world:
        with visit(run, world.url, may_fail=["401 (Unauthorized)"]) as tab:
            tab.page.wait_for_selector("#entrance:not([hidden])")
            tab.waits_for("h1", "A client token is needed")
            expect(tab.text("#trouble") == "", tab.text("#trouble"))
            tab.accessible("entrance")
            for wrong in [stranger, expired]:
                tab.page.locator("#token").fill(wrong)
                tab.page.keyboard.press("Enter")
                tab.waits_for("#trouble", "does not take this token")
                tab.accessible("wrong token")
            tab.page.locator("#token").fill(good)
            tab.page.keyboard.press("Enter")
            tab.rows(3)
            expect(tab.page.locator("#entrance").is_hidden(), "the form is still there")
            expect(tab.page.evaluate("document.activeElement.id") == "sentence", "the focus went with the form")
            tab.page.locator("#pause").click()
            expect(good not in tab.page.content() and good not in tab.page.url, "the token stands in the page")
            world.configure(one(3), clients=[old])
            world.reload()
            tab.page.locator("#refresh").click()
            tab.page.wait_for_selector("#entrance:not([hidden])", timeout=60_000)
            expect(tab.page.locator(".card").count() == 0, "rows without a token")
            expect(tab.page.evaluate("sessionStorage.length") == 0, "the token is kept")
            # One that ends while it is used.
            end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 10))
            brief, ending = token(run, "brief", f", expires: '{end}'")
            world.configure(one(3), clients=[ending])
            world.reload()
            tab.page.wait_for_timeout(500)
            tab.page.locator("#token").fill(brief)
            tab.page.keyboard.press("Enter")
            tab.rows(3)
            expect(tab.page.locator("#pause").get_attribute("aria-pressed") == "false", "it goes on, and the button says that it pauses")
            tab.page.wait_for_selector("#entrance:not([hidden])", timeout=90_000)
            tab.waits_for("#trouble", "does not take this token")


@case("Behind nginx, under a path of its own, it asks nothing outside that path")
def prefixed(run):
    if not shutil.which("nginx", path="/usr/sbin:/usr/bin"):
        return "skipped: nginx is missing"
    with gateway(run, one(3)) as world:
        port, folder = free_port(), world.folder
        (folder / "nginx.conf").write_text(f"""
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; events {{}}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
server {{ listen 127.0.0.1:{port}; location /tools/bursar/ {{
    proxy_pass http://127.0.0.1:{world.port}/; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host localhost; }} }} }}
""")
        nginx = start(["/usr/sbin/nginx", "-p", folder, "-c", folder / "nginx.conf"], port)
        try:
            with visit(run, f"http://127.0.0.1:{port}/tools/bursar/") as tab:
                tab.rows(3).page.wait_for_timeout(500)
                outside = [path for path in tab.paths if not path.startswith("/tools/bursar/")]
                expect(not outside, f"{outside}")
        finally:
            stop(nginx)


@case("What a provider calls itself is text, and links lead to web addresses only")
def hostile(run):
    with gateway(run, [("acme", "default", "mock-401", ""), ("acme", "poor", "mock-depleted", "")]) as world:
        with visit(run, world.url, modules=True) as tab:
            tab.rows(2).waits_for("[id='acme/default'] .cause", "<img src=x onerror=alert(1)> rejected the key")
            expect(tab.page.locator("main img").count() == 0, "markup became an image")
            link = tab.page.locator("[id='acme/poor'] .links a").first
            link.wait_for()
            expect(link.get_attribute("href").startswith("https://acme.example/billing?a=1&b="), link.get_attribute("href"))
            expect(link.get_attribute("rel") == "noopener noreferrer", "rel")
            refused = tab.page.evaluate("""import("./source/dom.js").then(({ outwardLink }) => ["javascript:alert(1)", "data:text/html,x", "//x", "", null, "ftp://x"]
                .map((each) => outwardLink(each, "x")))""")
            expect(refused == [None] * 6, f"{refused}")


@case("It is read and used without a mouse, and an update leaves the focus and what is open alone")
def keyboard(run):
    with gateway(run, FOURTEEN, stories=PASTS) as world:
        with visit(run, world.url) as tab:
            tab.rows(14).page.wait_for_selector(".chart .line")
            tab.page.locator("[id='tensorpix/default'] summary").focus()
            tab.page.keyboard.press("Enter")
            tab.page.wait_for_selector("[id='tensorpix/default'] .figures td")
            points = tab.page.locator("[id='tensorpix/default'] .figures tbody tr").count()
            expect(points > 20, f"a table of {points} rows")
            values = tab.page.locator("[id='tensorpix/default'] .figures td.number").all_text_contents()
            expect(values[0] == "9.4150", f"{values[:3]}")
            tab.page.locator("#refresh").focus()
            tab.page.keyboard.press("Enter")
            tab.page.locator("[id='tensorpix/default'] summary").focus()
            tab.page.wait_for_timeout(1_200)
            expect(tab.page.evaluate("document.activeElement.closest('.card')?.id") == "tensorpix/default", "the focus went away")
            expect(tab.page.locator("[id='tensorpix/default'] details[open]").count() == 1, "the details closed")
            reached = set()
            tab.page.evaluate("document.activeElement.blur()")
            for _ in range(60):
                tab.page.keyboard.press("Tab")
                reached.add(tab.page.evaluate("document.activeElement.id || document.activeElement.tagName"))
            for each in ["pause", "refresh", "find", "SUMMARY", "A", "INPUT"]:
                expect(each in reached, f"Tab never reached {each}: {reached}")


@case("A screen reader is told when a status changes, and of nothing else")
def told(run):
    with gateway(run, [("openrouter", "default", "a-key", "ttl: 1s, low: 10"), ("sunor", "default", "mock-drift", "ttl: 1s")]) as world:
        with visit(run, world.url) as tab:
            tab.rows(2).page.wait_for_timeout(3_500)
            expect(tab.text("#news") == "", f"told without cause: {tab.text('#news')}")
            world.mock("PUT", "/_mock/openrouter", "403")
            tab.waits_for("#news", "openrouter is now key refused", 30_000)
            live = tab.page.locator("[aria-live], [role=status], [role=alert]").evaluate_all("all => all.map(({ id }) => id)")
            expect(live == ["news"], f"{live}")


@case("Tabs of one browser follow the gateway once; another takes over when the first is closed; a pause asks nothing")
def shared(run):
    with gateway(run, [("sunor", "default", "mock-drift", "ttl: 1s")]) as world:
        context = run.browser.context()
        try:
            first = Visit(context, world.url, run.tolerated).rows(1)
            second = Visit(context, world.url, run.tolerated).rows(1)
            second.page.wait_for_timeout(3_000)
            asked = [path for path in second.paths if path.endswith(("/v1/balances", "/stream"))]
            # Its first picture it takes for itself, before it can know of the other.
            expect(asked in ([], ["/v1/balances/stream"]), f"the second tab goes on asking: {asked}")
            expect(b"\nbursar_stream_subscribers 1\n" in world.get("/metrics"), "two tabs hold two streams")
            first.close()
            before = second.text(".value")
            second.page.wait_for_function("before => document.querySelector('.value').textContent !== before", arg=before, timeout=15_000)
            second.page.locator("#pause").click()
            second.waits_for("#connection", "paused")
            second.page.wait_for_timeout(500)
            count = len(second.paths)
            second.page.wait_for_timeout(3_000)
            expect(len(second.paths) == count, f"asked while paused: {second.paths[count:]}")
            second.page.locator("#pause").click()
            second.page.wait_for_function("before => document.querySelector('.value').textContent !== before", arg=second.text(".value"), timeout=15_000)
            second.close()
        finally:
            context.close()


@case("What Ask now was refused with stays until there are newer rows, and is told")
def refused(run):
    with gateway(run, [("sunor", "default", "a-key", "ttl: 1h")]) as world, visit(run, world.url, ["429"]) as tab:
        tab.rows(1).waits_for("#connection-words", "live")
        tab.context.route("**/v1/balances", lambda route: route.fulfill(
            status=429, content_type="application/problem+json", body='{"title": "Too many requests", "detail": "Ask again in a minute."}'))
        tab.page.locator("#refresh").click()
        tab.waits_for("#news", "Not asked: The gateway answered 429")
        tab.page.wait_for_timeout(2_500)
        expect("Ask again in a minute." in tab.text("#trouble"), f"it says {tab.text('#trouble')!r}")
        tab.context.unroute("**/v1/balances")
        tab.page.locator("#refresh").click()
        tab.page.wait_for_selector("#trouble", state="hidden")


@case("A page that is left open asks for the history again, once an hour")
def hourly(run):
    with gateway(run, [("sunor", "default", "mock-drift", "ttl: 1s")]) as world, visit(run, world.url) as tab:
        tab.rows(1).page.clock.install()
        tab.page.reload()
        tab.rows(1).waits_for("#connection-words", "live")

        def asked():
            return sum(path.endswith("/history") for path in tab.paths)
        tab.page.wait_for_timeout(3_000)
        before = asked()
        tab.page.wait_for_timeout(3_000)
        expect(before > 0 and asked() == before, f"{before} times, then {asked()} within seconds")
        tab.page.clock.fast_forward(61 * 60_000)
        end = time.monotonic() + 20
        while asked() == before and time.monotonic() < end:
            tab.page.wait_for_timeout(200)
        expect(asked() > before, "after an hour it was not asked for again")


@case("The wall has nothing to press, and with reduced motion nothing moves")
def wall(run):
    with gateway(run, one(3)) as world:
        with visit(run, world.url + "?wall", reduced_motion="reduce", width=1920, height=1080) as tab:
            tab.rows(3)
            visible = tab.page.locator("button, input, summary, footer a").evaluate_all("all => all.filter((each) => each.checkVisibility()).length")
            expect(visible == 0, f"{visible} controls")
            expect(tab.page.evaluate("document.getAnimations().length") == 0, "something moves")
