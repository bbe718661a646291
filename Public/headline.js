// The first sentence, which answers the question that the page is opened with: is anything wrong, and where?

import { element, $ } from "./dom.js";
import { endOf, nameOf, needsSomebody, ranks, runwayOf } from "./need.js";

const place = $("sentence");
const most = 3; // of what stands in the sentence; the cards have all
let written = "";

// `entries` are { id, row, judgement }, sorted by need.
export function showHeadline(entries) {
    const needing = entries.filter(({ judgement }) => needsSomebody(judgement));
    const parts = needing.length > 0 ? alarm(needing, entries.length) : calm(entries);
    const text = parts.map((part) => (typeof part === "string" ? part : part.words)).join("");
    document.title = `${needing.length > 0 ? `(${needing.length}) ` : ""}Balances – Bursar`;
    const key = parts.map((part) => part.id ?? "").join(" ") + text;
    if (key === written) return;
    written = key;
    place.className = needing.length > 0 ? "alarm" : "calm";
    place.replaceChildren(...parts.map((part) => (typeof part === "string" ? part : part.id
        ? element("a", { href: `#${encodeURI(part.id)}` }, part.words)
        : element("strong", {}, part.words))));
}

export function writeHeadline(text) {
    written = "";
    place.className = "";
    place.textContent = text;
    document.title = "Balances – Bursar";
}

function alarm(needing, count) {
    const lead = count === 1 ? "It needs you" : `${needing.length} of ${count} ${needing.length === 1 ? "needs" : "need"} you`;
    const parts = [{ words: lead }, ": "];
    const named = needing.slice(0, needing.length > most + 1 ? most : needing.length);
    named.forEach(({ id, row, judgement }, index) => {
        if (index > 0) parts.push("; ");
        parts.push({ id, words: `${nameOf(row)} ${judgement.clause}` });
    });
    if (named.length < needing.length) parts.push(`; and ${needing.length - named.length} more`);
    parts.push(".");
    return parts;
}

function calm(entries) {
    if (entries.length === 0) return [{ words: "No accounts yet" }, "."];
    const asking = entries.filter(({ judgement }) => judgement.shape === "asking").length;
    if (asking === entries.length) return ["Asking the providers…"];
    const stale = entries.filter(({ judgement }) => judgement.rank === ranks.stale).length;
    const lead = entries.length === 1 ? "Nothing is wrong" : `All ${entries.length} are well`;
    const parts = [{ words: stale > 0 ? "Nobody needs you" : lead }];
    if (stale > 0) parts.push(`: ${stale} of ${entries.length} ${stale === 1 ? "shows an old reading" : "show old readings"}`);
    const first = entries.filter(({ row }) => runwayOf(row)?.status === "burning").sort((a, b) => endOf(a.row) - endOf(b.row))[0];
    if (first) parts.push(". ", { id: first.id, words: `${nameOf(first.row)} is the first to end` }, `: ${runwayOf(first.row).words}`);
    parts.push(".");
    return parts;
}
