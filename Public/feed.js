// Where rows come from: the gateway's stream, and asking again and again where there is none. One loop; what it finds it tells:
//
//   { type: "rows", rows }, { type: "row", row }, { type: "gone", id }, { type: "runways", runways: [[id, runway]] }
//   { type: "connection", mode: "live" | "asking" | "lost", words, at }     at: when it is tried again
//   { type: "stranger", words }                                             the loop has ended

import { balances } from "./early.js";
import { read, Refusal, Stranger, wordsOf } from "./gateway.js";
import { idOf } from "./need.js";
import { NoStream } from "./stream.js";
import { moment } from "./time.js";

// Seconds. `partial` is for rows with a problem: nobody asks their provider sooner, so there is little to see.
const wait = { least: 2, partial: 15, most: 300, firstRetry: 1, lastRetry: 60, runways: 60, streamAgain: 300 };

// Until the signal ends it.
export async function feed(signal, tell) {
    let failures = 0;
    let noStreamBefore = 0; // performance.now() from which a stream is tried (again)
    const runways = setInterval(() => tellRunways(signal, tell), wait.runways * 1000);
    signal.addEventListener("abort", () => clearInterval(runways));
    while (!signal.aborted) {
        let delay;
        try {
            if (performance.now() >= noStreamBefore) {
                const began = performance.now();
                // The gateway says when to come back: all pages do, so not all at once. It says nothing where something between ends each
                // stream as it begins; then not again and again.
                delay = (await follow(signal, tell, () => (failures = 0))) ?? (performance.now() - began < 5_000 ? 5 : 0.2) + Math.random();
            } else {
                delay = await askOnce(signal, tell);
            }
            failures = 0;
        } catch (error) {
            if (signal.aborted) break;
            if (error instanceof Stranger) {
                tell({ type: "stranger", words: error.message });
                break;
            }
            if (error instanceof NoStream) {
                noStreamBefore = performance.now() + wait.streamAgain * 1000;
                continue;
            }
            failures += 1;
            const pause = Math.min(wait.firstRetry * 2 ** (failures - 1), wait.lastRetry);
            delay = Math.max(pause, error instanceof Refusal ? Math.min(error.retryAfter, wait.most) : 0);
            tell({ type: "connection", mode: "lost", words: wordsOf(error), at: Date.now() + delay * 1000 });
        }
        await sleep(delay * 1000, signal);
    }
    clearInterval(runways);
}

// Answers after how many seconds the gateway wants to be asked again, or null where it did not say goodbye.
async function follow(signal, tell, heard) {
    let first = true;
    // Without the id of the last event: a snapshot is always right, and says at once that the stream is there.
    for await (const { event, data, retry } of balances(signal)) {
        const value = JSON.parse(data);
        if (event === "bye") return value?.reason === "credential" ? 0 : (retry ?? 1_000) / 1000;
        if (event === "snapshot") tell({ type: "rows", rows: value.balances });
        else if (event === "row") tell({ type: "row", row: value });
        else if (event === "gone") tell({ type: "gone", id: idOf(value) });
        if (!first) continue;
        first = false;
        heard();
        tell({ type: "connection", mode: "live", words: "", at: 0 });
        tellRunways(signal, tell);
    }
    return null;
}

// Answers how many seconds to wait before the next time.
async function askOnce(signal, tell) {
    const { answer, headers } = await read("v1/balances", { signal });
    const delay = delayAfter(headers, answer);
    tell({ type: "rows", rows: answer.balances });
    tell({ type: "connection", mode: "asking", words: "", at: Date.now() + delay * 1000 });
    if (!askedRunways) tellRunways(signal, tell);
    return delay;
}

// Just after the first row stops being fresh; rows with a problem wait longer. By the answer's own times, so that a clock that is
// wrong here does not matter.
function delayAfter(headers, answer) {
    const now = (moment(answer.generated_at) ?? Date.now()) + 1000 * (Number(headers.get("age")) || 0);
    const ends = answer.balances.map((row) => (row.problem ? wait.partial : ((moment(row.expires_at) ?? now) - now) / 1000 + 0.5));
    return Math.max(wait.least, ends.reduce((least, each) => Math.min(least, each), ends.length ? wait.most : wait.partial));
}

// How long each balance lasts is asked for beside the rows, once a minute, because it costs more.
let askedRunways = false;
let runwaysFailed = 0; // times in a row
async function tellRunways(signal, tell) {
    askedRunways = true;
    try {
        const { answer } = await read("v1/balances?include=runway", { signal });
        runwaysFailed = 0;
        tell({ type: "runways", runways: (answer.balances ?? []).map((row) => [idOf(row), row.runway ?? []]) });
    } catch {
        if (signal.aborted) return;
        // The rows are there without it. An old forecast is none: after some minutes it goes.
        runwaysFailed += 1;
        if (runwaysFailed === 3) tell({ type: "runways", runways: [] });
    }
}

function sleep(milliseconds, signal) {
    return new Promise((resolve) => {
        const end = () => {
            clearTimeout(timer);
            signal.removeEventListener("abort", end);
            resolve();
        };
        const timer = setTimeout(end, milliseconds);
        signal.addEventListener("abort", end);
    });
}
