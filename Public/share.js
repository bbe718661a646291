// One stream for a browser, however many tabs show the page: the tab that holds a lock follows the gateway and tells the others.
// When it is closed or hidden, the lock goes to another tab. Tabs with different tokens see different rows and share nothing.

import { feed } from "./feed.js";
import { token } from "./gateway.js";

// The same messages as `feed`, in every tab.
export async function follow(signal, tell) {
    // Both are for secure origins: https, or loopback. Elsewhere each tab has a stream of its own.
    if (!navigator.locks || !window.BroadcastChannel || !crypto.subtle) return feed(signal, tell);
    const name = await nameOfView();
    if (signal.aborted) return;
    const channel = new BroadcastChannel(name);
    signal.addEventListener("abort", () => channel.close(), { once: true });
    channel.onmessage = ({ data }) => {
        if (data.type !== "hello") tell(data);
    };
    channel.postMessage({ type: "hello" });
    await navigator.locks.request(name, { signal }, () => lead(channel, signal, tell)).catch((error) => {
        if (!signal.aborted) throw error;
    });
}

// Who comes later is told everything at once.
function lead(channel, signal, tell) {
    const rows = new Map();
    let [runways, connection] = [null, null];
    channel.onmessage = ({ data }) => {
        if (data.type !== "hello" || !connection) return;
        channel.postMessage({ type: "rows", rows: [...rows.values()] });
        if (runways) channel.postMessage(runways);
        channel.postMessage(connection);
    };
    return feed(signal, (message) => {
        if (message.type === "rows") {
            rows.clear();
            for (const row of message.rows) rows.set(`${row.provider}/${row.account}`, row);
        } else if (message.type === "row") {
            rows.set(`${message.row.provider}/${message.row.account}`, message.row);
        } else if (message.type === "gone") {
            rows.delete(message.id);
        } else if (message.type === "runways") {
            runways = message;
        } else if (message.type === "connection") {
            connection = message;
        }
        if (!signal.aborted) channel.postMessage(message);
        tell(message);
    });
}

// Of this gateway, at this path, as this client: a digest, because names of locks are no place for a token.
async function nameOfView() {
    const view = `${new URL(".", location.href).pathname} ${token() ?? ""}`;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(view));
    return `bursar ${[...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
