// The stream is opened before most of the page is there: its first event is on its way while the rest is read, and is the first picture.
// The feed goes on with the same stream. The gateway serves this with what it imports as one file.

import { events } from "./stream.js";

const path = "v1/balances/stream";
const begun = new AbortController();
let isTaken = false;

// { first, rest }: the first event as the generator gives it, and the generator. Null where nobody looks at this tab. Whether another tab
// follows the gateway already is not asked before: the browser takes longer for that than the gateway for its answer.
const early = document.hidden ? Promise.resolve(null) : begin();
early.catch(() => { /* Whoever takes the stream is told. */ });

async function begin() {
    const rest = events(path, begun.signal);
    return { first: await rest.next(), rest };
}

// The first event, as long as the stream is nobody's: what is shown is never older than what is known.
export async function firstEvent() {
    const found = await early.catch(() => null);
    return isTaken || begun.signal.aborted ? null : found?.first.value;
}

// The events of a stream: of the one that has begun, where nobody has taken it, or of another.
export async function* balances(signal) {
    const mayTake = !isTaken && !begun.signal.aborted;
    isTaken = true;
    const { first, rest } = (mayTake && (await early)) || {};
    if (!rest) return yield* events(path, signal);
    const end = () => begun.abort();
    if (signal.aborted) return end();
    signal.addEventListener("abort", end, { once: true });
    if (first.done) return;
    yield first.value;
    yield* rest;
}

// It is not needed: another tab follows, or nobody looks.
export function dropEarly() {
    if (!isTaken) begun.abort();
}
