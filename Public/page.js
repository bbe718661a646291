// The page is a plain client of the gateway's documented routes. This module joins the others: what the feed tells goes into the
// rows, the rows go to the board, and the controls do what they say. The gateway serves it, and all that it imports and early.js does not,
// as one file.

import { dropEarly, firstEvent } from "./early.js";
import { clear, find, showDays, showRows, tick } from "./board.js";
import { $, say } from "./dom.js";
import { askForToken } from "./entrance.js";
import { keepToken, read, Stranger, wordsOf } from "./gateway.js";
import { writeHeadline } from "./headline.js";
import { idOf } from "./need.js";
import { noteConnection, tell } from "./news.js";
import { follow } from "./share.js";
import { onClock, span } from "./time.js";

const rows = new Map(); // id → row, in the order of the configuration
const runways = new Map(); // id → [runway], where the row does not carry them
let connection = null;
let heardAt = null; // Date.now() when the rows were last known to be those of the gateway
let due = false;
let refused = ""; // why "Ask now" got nothing; until anything newer is heard
let visitors = 0; // how often the page was closed: an answer that was asked for before is somebody else's
const longestAlone = 300; // milliseconds

const isWall = new URLSearchParams(location.search).has("wall");
document.documentElement.classList.toggle("wall", isWall);

function take(message) {
    if (message.type === "stranger") return close(message.words);
    if (message.type === "rows") {
        rows.clear();
        for (const row of message.rows) rows.set(idOf(row), row);
    } else if (message.type === "row") {
        rows.set(idOf(message.row), message.row);
    } else if (message.type === "gone") {
        rows.delete(message.id);
    } else if (message.type === "runways") {
        runways.clear();
        for (const [id, all] of message.runways) runways.set(id, all);
    } else if (message.type === "connection") {
        connection = message;
        noteConnection(message.mode, message.words);
        return showConnection();
    }
    const isFirst = heardAt === null;
    if (message.type !== "runways") [heardAt, refused] = [Date.now(), ""];
    // The first rows are shown at once; later, however many come together, they are shown once.
    if (due) return;
    due = true;
    if (isFirst) show();
    else requestAnimationFrame(show);
}

// The same object as before where nothing changed: a card is then left alone.
const joined = new Map(); // id → { row, runway, whole }
function whole(id, row) {
    const runway = row.runway ?? runways.get(id);
    const before = joined.get(id);
    if (before && before.runway === runway && (before.row === row || JSON.stringify(before.row) === JSON.stringify(row))) return before.whole;
    const made = { row, runway, whole: { ...row, runway } };
    joined.set(id, made);
    return made.whole;
}

function show() {
    due = false;
    if (heardAt === null) return;
    for (const id of joined.keys()) if (!rows.has(id)) joined.delete(id);
    const all = [...rows].map(([id, row]) => whole(id, row));
    showRows(all);
    // The form goes, and whoever stood in it is led to what came instead.
    if ($("entrance").contains(document.activeElement)) $("sentence").focus();
    $("entrance").hidden = true;
    $("empty").hidden = all.length > 0;
    for (const id of ["controls", "choices"]) $(id).hidden = all.length === 0;
    $("finder").hidden = all.length < 13;
    if (!performance.getEntriesByName("rows").length) performance.mark("rows");
}

function showConnection() {
    if (connection === null) return;
    const lost = connection.mode === "lost";
    $("connection").hidden = false;
    $("connection").className = `connection ${stop ? connection.mode : "paused"}`;
    const left = (connection.at ?? 0) - Date.now();
    say($("connection-words"), !stop ? "paused" : connection.mode === "live" ? "live"
        : lost ? "no connection" : `again in ${span(left)}`);
    const held = heardAt === null ? "" : ` What stands here is of ${onClock(heardAt)}.`;
    const again = connection.at === null ? "" : left > 0 ? ` Tried again in ${span(left)}.` : " Trying again.";
    say($("trouble"), lost ? `${connection.words}${held}${stop ? again : ""}` : refused);
    document.documentElement.classList.toggle("lost", lost);
    if (lost && heardAt === null) writeHeadline("No balances yet.");
}

// The gateway does not know who asks. What was shown is taken away: it may be somebody else's.
function close(words) {
    visitors += 1;
    pause();
    keepToken(null);
    for (const each of [rows, runways, joined]) each.clear();
    [heardAt, connection] = [null, null];
    clear();
    for (const id of ["controls", "choices", "connection", "empty"]) $(id).hidden = true;
    document.documentElement.classList.remove("lost");
    writeHeadline("A client token is needed.");
    say($("trouble"), words);
    if (words) tell("Refused:", words.replace(/\.$/, ""));
    askForToken(() => {
        say($("trouble"), "");
        writeHeadline("Asking the gateway…");
        resume();
    });
}

// Nobody reads a hidden tab: it asks nothing and counts nothing.
let stop = null;
let wanted = true; // false while the button says "paused", or nobody may ask
let timer = null;
let seconds = 0;
function resume() {
    wanted = true;
    $("pause").setAttribute("aria-pressed", "false");
    if (stop || document.hidden) return;
    stop = new AbortController();
    timer ??= setInterval(() => {
        seconds += 1;
        tick(seconds);
        showConnection();
    }, 1000);
    live(stop.signal);
}

// The first event is the first picture; what keeps it true begins when that stands.
async function live(signal) {
    // Where something holds streams back, another tab may know the rows all the same.
    const first = await Promise.race([firstEvent(), new Promise((resolve) => setTimeout(resolve, longestAlone))]);
    if (first?.event === "snapshot" && !signal.aborted) {
        take({ type: "rows", rows: JSON.parse(first.data).balances });
        await new Promise(requestAnimationFrame);
    }
    if (!signal.aborted) follow(signal, take);
}

function halt() {
    stop?.abort();
    stop = null;
    dropEarly();
}

function pause() {
    wanted = false;
    $("pause").setAttribute("aria-pressed", "true");
    halt();
}

document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return wanted ? resume() : undefined;
    halt();
    clearInterval(timer);
    timer = null;
});

$("pause").addEventListener("click", () => {
    wanted ? pause() : resume();
    showConnection();
});

$("refresh").addEventListener("click", async ({ currentTarget }) => {
    if (currentTarget.getAttribute("aria-disabled") === "true") return;
    currentTarget.setAttribute("aria-disabled", "true");
    const asker = visitors;
    try {
        const { answer } = await read("v1/balances", { cache: "reload" });
        if (asker === visitors) take({ type: "rows", rows: answer.balances });
    } catch (error) {
        if (asker !== visitors) { /* Nobody waits for it any more. */ }
        else if (error instanceof Stranger) close(error.message);
        else refuse(wordsOf(error));
    }
    currentTarget.removeAttribute("aria-disabled");
});

function refuse(words) {
    refused = words;
    tell("Not asked:", words.replace(/\.$/, ""));
    showConnection();
}

$("find").addEventListener("input", ({ target }) => find(target.value));
for (const radio of document.querySelectorAll("input[name=days]")) {
    radio.addEventListener("change", () => showDays(Number(radio.value)));
}

resume();
