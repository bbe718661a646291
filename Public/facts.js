// What a card shows beside its row, asked for when the card is looked at: its history, what to do about its problem, and what is known of
// its provider. A few requests at a time, so that 500 cards are no storm.

import { accountPath, read, Refusal } from "./gateway.js";

const atOnce = 3;
const queue = [];
let running = 0;
let generation = new AbortController();

// What was asked for another client, or before the page was closed, is dropped.
export function dropFacts() {
    generation.abort();
    generation = new AbortController();
    queue.length = 0;
    providers = null;
    [noHistory, hasHistory] = [false, false];
    firstAnswer = null;
}

function later(path) {
    return new Promise((resolve, reject) => {
        queue.push({ path, resolve, reject, signal: generation.signal });
        next();
    });
}

async function next() {
    if (running >= atOnce || queue.length === 0) return;
    running += 1;
    const { path, resolve, reject, signal } = queue.shift();
    try {
        const { answer } = await read(path, { signal });
        resolve(answer);
    } catch (error) {
        reject(error);
    }
    running -= 1;
    next();
}

// { entries, spent } of the last `days`, the entries oldest first, or null where the gateway keeps no history.
let noHistory = false;
let hasHistory = false;
let firstAnswer = null; // the others wait for it: where there is no history, one question is enough
export async function history(id, days) {
    if (firstAnswer) await firstAnswer.catch(() => {});
    if (noHistory) return null;
    const generationThen = generation;
    const answer = later(accountPath("v1/balances/", id, `/history?since=${days}d&limit=10000`));
    firstAnswer ??= answer;
    try {
        const found = await answer;
        if (generation === generationThen) hasHistory = true;
        return found;
    } catch (error) {
        // Where there was one before, it is away for a moment.
        if (hasHistory || !(error instanceof Refusal) || error.status !== 503) throw error;
        noHistory = true;
        return null;
    }
}

// { cause, ends, remedy, key_from … }
export const explanation = (id) => later(accountPath("v1/explain/", id));

// id → { top_up, status_page, documentation, provenance … }
let providers = null;
export function providerOf(id) {
    providers ??= later("v1/providers").then(
        (answer) => new Map((answer.providers ?? []).map((each) => [each.id, each])),
        () => {
            providers = null;
            return new Map();
        });
    return providers.then((all) => all.get(id) ?? {});
}
