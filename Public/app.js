// The page is a plain client of GET /v1/balances. Amounts are decimal strings and stay strings: nothing here makes a number
// of one. Everything shown goes through textContent, because words from providers are not to be trusted with markup.

const source = "v1/balances"; // relative, so that the page works under a reverse proxy's prefix

const $ = (id) => document.getElementById(id);
const [summary, controls, refresh, automatic, next, trouble, entrance, tokenField, scroller, table, empty] = [
    "summary", "controls", "refresh", "automatic", "next", "trouble", "entrance", "token", "scroller", "table", "empty",
].map($);

// The client token, where the gateway wants one: in this tab's storage, which goes with the tab, and in no URL and no cookie.
const tokenKey = "bursar-token";
function keepToken(token) {
    try {
        if (token === null) sessionStorage.removeItem(tokenKey);
        else sessionStorage.setItem(tokenKey, token);
    } catch { /* Storage may be off; the token then lasts until the page is left. */ }
    heldToken = token;
}
let heldToken = null;
try {
    heldToken = sessionStorage.getItem(tokenKey);
} catch { /* as above */ }

// Seconds. `partial` is for rows with a problem: nobody asks their provider sooner, so there is little to see.
const wait = { least: 2, partial: 15, most: 300, timeout: 30, firstRetry: 2, lastRetry: 60 };

let clockOffset = 0; // the gateway's clock minus ours, in milliseconds
let dueAt = 0; // when to ask again, in performance.now() milliseconds
let failures = 0; // in a row, of the gateway itself
let asking = false;
let lastGood = null; // the Date at which the table was last confirmed
const shown = new Map(); // row id → { text, body, ticks }: what is in the table

const gatewayNow = () => Date.now() + clockOffset;

// Words for a time span, as short as they stay exact enough to act on.
function span(milliseconds) {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return minutes % 60 && hours < 10 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
    return `${Math.floor(hours / 24)} days`;
}

const moment = (text) => {
    const time = Date.parse(text ?? "");
    return Number.isNaN(time) ? null : time;
};
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children.map((child) => (child instanceof Node ? child : document.createTextNode(child))));
    return made;
}

function cell(className, ...children) {
    const made = element("td", className, ...children);
    made.setAttribute("role", "cell");
    return made;
}

function marked(className, word) {
    const mark = element("span", "mark");
    mark.setAttribute("aria-hidden", "true");
    return element("span", `line ${className}`, mark, word);
}

// The room that a value takes from its decimal point on.
const fraction = (value) => (value.includes(".") ? value.length - value.indexOf(".") : 0);
const widest = (amounts) => `${Math.max(0, ...amounts.map(({ value }) => fraction(String(value))))}ch`;

function amountCell(amount) {
    const made = amount ? cell("number", String(amount.value)) : cell("number quiet", "unknown");
    made.style.setProperty("--own", `${amount ? fraction(String(amount.value)) : 0}ch`);
    return made;
}

function statusCell(row) {
    const made = cell("status", marked(row.status, row.status));
    if (row.low === true) made.append(marked("low", "low"));
    if (row.lasts) {
        const line = element("span", "line quiet", row.lasts.words);
        line.title = row.lasts.basis;
        made.append(line);
    }
    return made;
}

function ageCell(row, ticks) {
    const fetched = moment(row.fetched_at);
    if (fetched === null) return cell("age none", element("span", "quiet", "never"));
    const time = element("time");
    time.dateTime = row.fetched_at;
    time.title = `Fetched ${calendar.format(fetched)}`;
    ticks.push(() => say(time, span(gatewayNow() - fetched)));
    const made = cell("age", time);
    made.dataset.label = "Age";
    const own = moment(row.as_of);
    if (own !== null) {
        const line = element("span", "line quiet", `figures of ${day.format(own)}`);
        line.title = `The provider dates its figures ${calendar.format(own)}`;
        made.append(line);
    }
    return made;
}

function problemCell(row, ticks) {
    const problem = row.problem;
    if (!problem) return cell("problem none", "");
    const status = problem.upstream_status ? ` (${problem.upstream_status})` : "";
    const made = cell("problem", `${problem.title ?? String(problem.code).replaceAll("_", " ")}${status}`);
    const retry = moment(problem.retry_at);
    if (retry !== null) {
        const line = element("span", "line quiet");
        ticks.push(() => {
            const left = retry - gatewayNow();
            say(line, left > 0 ? `asked again in ${span(left)}` : "asked again with the next refresh");
        });
        made.append(line);
    }
    return made;
}

// One tbody per account: its amounts are rows, everything else spans them.
function bodyOf(row, ticks) {
    const amounts = row.amounts?.length ? row.amounts : [null];
    const body = element("tbody");
    body.setAttribute("role", "rowgroup");
    body.style.setProperty("--widest", widest(row.amounts ?? []));
    amounts.forEach((amount, index) => {
        const line = element("tr");
        line.setAttribute("role", "row");
        const spanning = [];
        if (index === 0) {
            const name = element("th", "");
            name.append(element("span", "line provider", row.provider), element("span", "line quiet", row.account));
            name.scope = "rowgroup";
            name.setAttribute("role", "rowheader");
            line.append(name);
            spanning.push(statusCell(row), ageCell(row, ticks), problemCell(row, ticks));
            for (const each of [name, ...spanning]) each.rowSpan = amounts.length;
        }
        line.append(amountCell(amount), cell("unit", amount?.unit ?? ""), cell("kind", amount?.kind ?? ""), ...spanning);
        body.append(line);
    });
    return body;
}

// Writes only what differs, so that a screen reader is told of changes and nothing else, and a selection survives.
function say(place, text) {
    if (place.textContent !== text) place.textContent = text;
}

function showRows(rows) {
    table.style.setProperty("--fraction", widest(rows.flatMap((row) => row.amounts ?? [])));
    const wanted = new Set();
    let previous = table.tHead;
    for (const row of rows) {
        const id = `${row.provider}/${row.account}`;
        const text = JSON.stringify(row);
        wanted.add(id);
        let entry = shown.get(id);
        if (entry?.text !== text) {
            entry?.body.remove();
            const ticks = [];
            entry = { text, body: bodyOf(row, ticks), ticks };
            shown.set(id, entry);
        }
        if (previous.nextElementSibling !== entry.body) previous.after(entry.body);
        previous = entry.body;
    }
    for (const [id, entry] of shown) {
        if (!wanted.has(id)) {
            entry.body.remove();
            shown.delete(id);
        }
    }
    scroller.hidden = rows.length === 0;
    empty.hidden = rows.length > 0;
}

function showSummary(rows) {
    if (rows.length === 0) {
        say(summary, "No accounts configured.");
        document.title = "No accounts – Bursar";
        return;
    }
    const parts = ["fresh", "stale", "unavailable"]
        .map((status) => [rows.filter((row) => row.status === status).length, status])
        .filter(([count]) => count > 0)
        .map(([count, status]) => `${count} ${status}`);
    const low = rows.filter((row) => row.low === true).length;
    if (low > 0) parts.push(`${low} low`);
    say(summary, `${rows.length} ${rows.length === 1 ? "account" : "accounts"}: ${parts.join(", ")}.`);
    const wanting = rows.filter((row) => row.status === "unavailable" || row.low === true).length;
    document.title = wanting > 0 ? `(${wanting}) Balances – Bursar` : "Balances – Bursar";
}

function showTrouble(text) {
    trouble.hidden = text === "";
    say(trouble, text);
    scroller.classList.toggle("outdated", text !== "");
}

function tick() {
    for (const { ticks } of shown.values()) for (const each of ticks) each();
    // Keys can scroll it, when there is something to scroll.
    scroller.tabIndex = scroller.scrollWidth > scroller.clientWidth ? 0 : -1;
    const left = dueAt - performance.now();
    if (asking) say(next, "asking…");
    else if (!automatic.checked) say(next, "");
    else if (left === Infinity) say(next, "");
    else if (left > 0) say(next, `next in ${span(left)}`);
    else ask("default");
}

// Asks again just after the first row stops being fresh; rows with a problem wait longer. By the answer's own times, so that a
// clock that is wrong here does not matter.
function delayAfter(headers, answer) {
    const now = moment(answer.generated_at) + 1000 * (Number(headers.get("age")) || 0);
    const ends = answer.balances.map((row) => (row.problem ? wait.partial : (moment(row.expires_at) - now) / 1000 + 0.5));
    return Math.max(wait.least, Math.min(ends.length ? wait.most : wait.partial, ...ends));
}

// A browser may answer from its own cache, with the Date of then: a small difference is taken for that, a large one for a
// clock that is wrong, here or there. Ages are told by the gateway's clock, which stamped the readings.
function noteClock(headers) {
    const date = moment(headers.get("date"));
    const offset = date === null ? 0 : date - Date.now();
    clockOffset = Math.abs(offset) < 300_000 ? 0 : offset;
}

// `cache` is a fetch mode: "default" lets the gateway answer from what it holds; "reload" sends Cache-Control: no-cache, which
// asks for newer readings. Neither makes it ask a provider that said to wait.
async function ask(cache) {
    if (asking) return;
    asking = true;
    refresh.setAttribute("aria-disabled", "true");
    say(next, "asking…");
    let delay;
    try {
        const headers = { Accept: "application/json" };
        if (heldToken !== null) headers.Authorization = `Bearer ${heldToken}`;
        const response = await fetch(source, { cache, headers, signal: AbortSignal.timeout(wait.timeout * 1000) });
        const answer = await response.json().catch(() => null);
        if (response.status === 401) throw new Unknown(heldToken === null ? null : answer);
        entrance.hidden = true;
        // A problem document carries the rows as well, when the call reached them.
        if (!Array.isArray(answer?.balances)) throw new Refusal(response, answer);
        noteClock(response.headers);
        failures = 0;
        lastGood = new Date();
        lastRows = answer.balances;
        showRows(withRunways(lastRows));
        showSummary(answer.balances);
        askRunways(headers);
        showTrouble("");
        delay = delayAfter(response.headers, answer);
    } catch (error) {
        if (error instanceof Unknown) return close(error.message);
        failures += 1;
        const words = error instanceof Refusal ? error.message
            : error.name === "TimeoutError" ? `The gateway did not answer within ${wait.timeout} s.`
            : "The gateway cannot be reached.";
        const held = lastGood === null ? "" : ` The table is as of ${clock.format(lastGood)}.`;
        showTrouble(`${words}${held}`);
        if (lastGood === null) say(summary, "No balances yet.");
        delay = Math.min(wait.firstRetry * 2 ** (failures - 1), wait.lastRetry);
    }
    controls.hidden = false;
    asking = false;
    refresh.removeAttribute("aria-disabled");
    dueAt = performance.now() + delay * 1000;
    tick();
}

// How long each balance lasts, in the gateway's words: asked for beside the rows, at most once a minute, because it costs more.
const runways = new Map();
let lastRows = [];
let runwaysAt = -Infinity;

function withRunways(rows) {
    return rows.map((row) => ({ ...row, lasts: runways.get(`${row.provider}/${row.account}`) }));
}

async function askRunways(headers) {
    if (performance.now() - runwaysAt < 60_000) return;
    runwaysAt = performance.now();
    try {
        const response = await fetch(`${source}?include=runway`, { headers, signal: AbortSignal.timeout(wait.timeout * 1000) });
        const answer = await response.json();
        if (!Array.isArray(answer?.balances) || lastGood === null) return;
        runways.clear();
        for (const row of answer.balances) {
            const first = row.runway?.[0];
            if (typeof first?.words !== "string") continue;
            const { days = 0, steps = 0, top_ups: topUps = 0 } = first.basis ?? {};
            const lasts = first.status === "burning" ? `lasts ${first.words}` : first.words;
            runways.set(`${row.provider}/${row.account}`, {
                words: lasts,
                basis: `From ${days} days, ${steps} drops and ${topUps} top-ups`,
            });
        }
        showRows(withRunways(lastRows));
    } catch {
        // The rows are there without it.
    }
}

// An answer without rows: what its problem document says, in its own words.
class Refusal extends Error {
    constructor(response, answer) {
        const words = [answer?.title, answer?.detail].filter((each) => typeof each === "string").join(". ");
        super(`The gateway answered ${response.status}${words ? `: ${words}` : "."}`);
    }
}

// The gateway does not know who asks. What was shown is taken away: it may be somebody else's.
class Unknown extends Error {
    constructor(answer) {
        super(answer === null ? "" : `The gateway does not take this token. ${answer?.detail ?? ""}`.trim());
    }
}

function close(words) {
    keepToken(null);
    showRows([]);
    lastGood = null;
    failures = 0;
    asking = false;
    refresh.removeAttribute("aria-disabled");
    [empty.hidden, controls.hidden, entrance.hidden] = [true, true, false];
    document.title = "Balances – Bursar";
    say(summary, "A client token is needed.");
    showTrouble(words);
    dueAt = Infinity;
    tokenField.focus();
}

entrance.addEventListener("submit", (event) => {
    event.preventDefault();
    keepToken(tokenField.value.trim());
    tokenField.value = "";
    ask("default");
});

refresh.addEventListener("click", () => ask("reload"));
automatic.addEventListener("change", tick);

// Nobody reads a hidden tab: it asks nothing and counts nothing.
let timer = null;
function start() {
    if (document.hidden) {
        clearInterval(timer);
        timer = null;
    } else if (timer === null) {
        timer = setInterval(tick, 1000);
        tick();
    }
}
document.addEventListener("visibilitychange", start);
start();
