// One stream for a browser, however many tabs show the page: the tab that holds a lock follows the gateway and tells the others.
// When it is closed or hidden, the lock goes to another tab. Tabs with different tokens see different rows and share nothing.

import { dropEarly } from "./early.js";
import { feed } from "./feed.js";
import { viewName } from "./gateway.js";

// The same messages as `feed`, in every tab.
export async function follow(signal, tell) {
    const name = await viewName();
    if (signal.aborted) return;
    if (name === null) return feed(signal, tell);
    const channel = new BroadcastChannel(name);
    signal.addEventListener("abort", () => channel.close(), { once: true });
    channel.onmessage = ({ data }) => {
        if (data.type === "hello") return;
        dropEarly();
        tell(data);
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
        // Who has lost the gateway has nothing to tell: whoever comes may have reached it.
        if (data.type !== "hello" || !connection || connection.mode === "lost") return;
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
