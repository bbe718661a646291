"""The modules that only reckon, asked in the browser that runs them: as the repository has them, for the gateway serves all as one."""

from browser import expect
from cases import case, gateway, one, visit


def table(tab, module, function, rows):
    for arguments, wanted in rows:
        got = tab.page.evaluate(f"(args) => import('./source/{module}.js').then((module) => module.{function}(...args))", arguments)
        expect(got == wanted, f"{function}{tuple(arguments)} is {got!r}, not {wanted!r}")


@case("Amounts are compared, subtracted and grouped without a float")
def decimals(run):
    with gateway(run, one()) as world, visit(run, world.url, modules=True) as tab:
        long = "9" * 40
        table(tab, "decimal", "compare", [(["0.10", "0.1"], 0), (["-1", "1"], -1), ([long + ".2", long + ".10"], 1), (["1e3", "2"], 0)])
        table(tab, "decimal", "minus", [(["1.00", "0.9"], "0.10"), (["5", "7.25"], "-2.25"), ([long, "1"], "9" * 39 + "8"), (["x", "1"], None)])
        table(tab, "decimal", "isUsedUp", [(["0.000"], True), (["-3"], True), (["0.001"], False), ([""], False), (["-0"], True)])
        table(tab, "decimal", "groups", [(["1250.5"], ["1250.5"]), (["71000"], ["71", "000"]), (["-1234567.8901"], ["-1", "234", "567.8901"])])


@case("A stream is read whatever the pieces that it comes in")
def pieces(run):
    with gateway(run, one()) as world, visit(run, world.url, modules=True) as tab:
        text = "retry: 3000\r\n\r\n: beat\n\nevent: row\nid: 7-1\ndata: {\"a\":\ndata: 1}\n\ndata: x\r\rid: 7-2\nevent:bye\ndata\n\nevent: cut\ndata: y\n"
        wanted = [["row", '{"a":\n1}', "7-1"], ["message", "x", "7-1"], ["bye", "", "7-2"]]
        for size in [1, 2, 3, 7, 1000]:
            got = tab.page.evaluate("""([text, size]) => import("./source/stream.js").then(({ Parser }) => {
                const [parser, found] = [new Parser(), []];
                for (let at = 0; at < text.length; at += size)
                    for (const { event, data, id } of parser.take(text.slice(at, at + size))) found.push([event, data, id]);
                return found; })""", [text, size])
            expect(got == wanted, f"in pieces of {size}: {got}")


@case("A gap is a gap, a top-up is told, money given back is none")
def series(run):
    with gateway(run, one()) as world, visit(run, world.url, modules=True) as tab:
        day, now = 86_400_000, 1_800_000_000_000

        def point(ago, until, value):
            return {"at": now - ago * day, "until": now - until * day, "value": value}
        points = [point(6, 5, "100"), point(5, 4.5, "60"), point(4.5, 3.5, "64"), point(2, 1, "500.50"), point(1, 0, "490")]
        table(tab, "series", "topUps", [([points], [{"at": now - 2 * day, "amount": "436.50"}])])
        got = tab.page.evaluate("([points, window]) => import('./source/series.js').then(({ runs }) => runs(points, window).map((run) => run.length))",
                                [points, 7 * day])
        expect(got == [3, 2], f"{got}")
        words = tab.page.evaluate("([points, now]) => import('./source/series.js').then(({ sentence }) => sentence(points, 'credits', 7, now))", [points, now])
        expect(words.startswith("Since ") and ": from 100 to 490 credits; least 60 on " in words, words)
        expect("topped up by 436.50 on " in words and words.endswith("nothing known for 36 h"), words)
        table(tab, "series", "extended", [([points, "490", now + 5], points[:-1] + [{**points[-1], "until": now + 5}]),
                                          ([points, "480", now + 5], points + [{"at": now + 5, "until": now + 5, "value": "480"}]),
                                          ([points, "480", now - 5], points), ([[], "1", 5], [{"at": 5, "until": 5, "value": "1"}])])


@case("What was spent is told as the gateway counts it, and what is not known is said")
def spent(run):
    with gateway(run, one()) as world, visit(run, world.url, modules=True) as tab:
        own = {"unit": "USD", "part": None, "own": True, "spent": "12.50", "topped_up": "100", "expired": "0", "unknown_seconds": 7200}
        plan = {"unit": "USD", "part": "plan", "own": False, "spent": None, "topped_up": None, "expired": "1.5", "unknown_seconds": 604800}
        usd = {"unit": "USD", "kind": "available"}
        table(tab, "series", "spentOf", [
            ([[plan, own], usd, 7], [["Spent in 7 days", "12.50 USD, 2 h of them not known"], ["Topped up in 7 days", "100 USD"], ["Expired in 7 days", ""]]),
            ([[own, plan], {**usd, "part": "plan"}, 30], [["Spent in 30 days", "not known"], ["Topped up in 30 days", ""], ["Expired in 30 days", "1.5 USD"]]),
            ([[own], {**usd, "part": "key"}, 7], [["Spent in 7 days", "12.50 USD, 2 h of them not known"], ["Topped up in 7 days", "100 USD"], ["Expired in 7 days", ""]]),
            ([[own], {**usd, "unit": "EUR"}, 7], []), ([[], usd, 7], [])])


@case("What a row needs follows from the row")
def needs(run):
    with gateway(run, one()) as world, visit(run, world.url, modules=True) as tab:
        now = 1_800_000_000_000
        base = {"provider": "p", "account": "default", "status": "fresh", "available": "5", "unit": "USD", "amounts": [], "low": None,
                "problem": None, "fetched_at": "2027-01-15T07:59:00Z", "expires_at": "2027-01-15T08:00:30Z"}
        soon = [{"unit": "USD", "status": "burning", "earliest": "2027-01-16T08:00:00Z", "words": "1 to 2 days"}]
        for change, word, rank in [
            ({}, "fresh", 4), ({"available": "0.00"}, "empty", 1), ({"low": True}, "low", 1), ({"runway": soon}, "running out", 2),
            ({"status": "stale", "expires_at": "2027-01-15T07:59:30Z"}, "fresh", 4), ({"status": "stale", "problem": {"code": "timeout"}}, "stale", 3),
            ({"status": "stale", "expires_at": "2027-01-15T07:00:00Z"}, "stale", 3),
            ({"status": "unavailable", "available": None, "problem": {"code": "unauthorized"}}, "key rejected", 0),
            ({"status": "unavailable", "available": None, "problem": {"code": "never_heard_of"}}, "unavailable", 0),
            ({"status": "unavailable", "available": None, "problem": {"code": "timeout", "reason": "not_read_yet"}}, "being asked", 4),
        ]:
            got = tab.page.evaluate("([row, now]) => import('./source/need.js').then(({ judge }) => judge(row, now))", [{**base, **change}, now])
            expect((got["word"], got["rank"]) == (word, rank), f"{change}: {got}")
