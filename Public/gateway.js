// Asking the gateway: addresses relative to the page, so that it works under a reverse proxy's prefix, and the client token, where
// there is one, in the header that is for it.

import { noteClock } from "./time.js";

const longestWait = 30_000;

// The token is kept in this tab's storage, which goes with the tab; in no URL and no cookie.
const storageKey = "bursar-token";
let held = null;
try {
    held = sessionStorage.getItem(storageKey);
} catch { /* Storage may be off; the token then lasts until the page is left. */ }

export const token = () => held;

export function keepToken(text) {
    held = text;
    try {
        if (text === null) sessionStorage.removeItem(storageKey);
        else sessionStorage.setItem(storageKey, text);
    } catch { /* as above */ }
}

// A name for what tabs may share: of this gateway, at this path, as this client. Of the token a digest, because names of locks and
// channels are no place for it. Null where they share nothing: locks are for secure origins, which are https and loopback.
export async function viewName() {
    if (!navigator.locks || !window.BroadcastChannel) return null;
    const name = `bursar ${new URL(".", location.href).pathname}`;
    if (held === null) return name;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(held));
    return `${name} ${[...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

// The gateway does not know who asks.
export class Stranger extends Error {}

// It answered, and not with what was asked for: what its problem document says, in its own words.
export class Refusal extends Error {
    constructor(response, answer) {
        const words = [answer?.title, answer?.detail].filter((each) => typeof each === "string").join(". ");
        super(`The gateway answered ${response.status}${words ? `: ${words}` : "."}`);
        this.status = response.status;
        this.retryAfter = Number(response.headers.get("retry-after")) || 0;
    }
}

// An open answer. `cache` is a fetch mode: "default" lets the gateway answer from what it holds; "reload" asks for newer readings.
// Neither makes it ask a provider that said to wait.
export async function open(path, { accept = "application/json", cache = "default", signal } = {}) {
    const sent = { Accept: accept };
    const withToken = held;
    if (withToken !== null) sent.Authorization = `Bearer ${withToken}`;
    const response = await fetch(path, { cache, headers: sent, signal });
    if (response.status === 401) {
        const answer = await response.json().catch(() => null);
        throw new Stranger(withToken === null ? "" : `The gateway does not take this token. ${answer?.detail ?? ""}`.trim());
    }
    noteClock(response.headers);
    return response;
}

// A document. A problem document that carries rows is one of rows.
export async function read(path, options = {}) {
    const limit = AbortSignal.timeout(longestWait);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    const response = await open(path, { ...options, signal });
    const answer = await response.json().catch(() => null);
    if (!response.ok && !Array.isArray(answer?.balances)) throw new Refusal(response, answer);
    if (answer === null) throw new Refusal(response, { title: "That is no JSON" });
    return { answer, headers: response.headers };
}

export const accountPath = (before, id, after = "") => `${before}${id.split("/").map(encodeURIComponent).join("/")}${after}`;

export function wordsOf(error) {
    if (error instanceof Refusal) return error.message;
    return error?.name === "TimeoutError" ? "The gateway did not answer in time." : "The gateway cannot be reached.";
}
