// What a screen reader is told without being asked: an account's status that changed, and the gateway lost or found. Ages, amounts and
// countdowns change all the time and are told when somebody reads them.

import { $ } from "./dom.js";
import { nameOf, ranks } from "./need.js";

const place = $("news");
const told = new Map(); // id → the word told last
let waiting = new Map();
let timer = null;

// Several changes at once are one sentence.
export function tell(subject, words) {
    waiting.set(subject, words);
    timer ??= setTimeout(() => {
        const all = [...waiting].map(([each, text]) => `${each} ${text}`);
        place.textContent = `${all.slice(0, 3).join("; ")}${all.length > 3 ? `; and ${all.length - 3} more changed` : ""}.`;
        waiting = new Map();
        timer = null;
    }, 400);
}

export function noteStatus(id, row, judgement) {
    // Fresh and stale take turns with every reading: that is no news.
    const word = judgement.rank === ranks.fine ? "well" : judgement.word;
    const before = told.get(id);
    told.set(id, word);
    if (before !== undefined && before !== word) tell(nameOf(row), `is now ${word}`);
}

export function forget(id) {
    told.delete(id);
}

let lost = false;
export function noteConnection(mode, words) {
    if ((mode === "lost") === lost) return;
    lost = mode === "lost";
    tell("The gateway", lost ? `is lost: ${words.replace(/\.$/, "")}` : "is back");
}
