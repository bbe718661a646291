// The cards, in order of need. Five hundred of them are made and moved in slices of a few milliseconds, so that the page never stops
// answering a key or a finger.

import { Card } from "./card.js";
import { look } from "./closer.js";
import { element, $, say } from "./dom.js";
import { dropFacts } from "./facts.js";
import { byNeed, endOf, idOf, judge, needsSomebody, ranks } from "./need.js";
import { forget, noteStatus } from "./news.js";
import { showHeadline } from "./headline.js";
import { gatewayNow } from "./time.js";

const slice = 8; // milliseconds
const atOnce = 8; // cards made in a slice: the browser has to lay them out and paint them in the same frame
const cards = new Map(); // id → Card
const inSight = new Set(); // cards that can be seen, or nearly
const sections = [
    ["Needs you", needsSomebody], ["Nothing to do", (judgement) => !needsSomebody(judgement)],
].map(([title, has]) => {
    const [count, list] = [element("span", { class: "count" }), element("ul", { class: "cards", role: "list" })];
    const place = element("section", {}, element("h2", {}, title, " ", count), list);
    place.hidden = true;
    $("board").append(place);
    return { has, count, list, place };
});

let rows = [];
let days = 7;
let wanted = "";
let drawing = null; // the pass that is under way

export function showRows(newRows) {
    rows = newRows;
    drawing = null;
    const now = gatewayNow();
    const entries = rows.map((row, order) => {
        const judgement = judge(row, now);
        return { id: idOf(row), row, judgement, order, ends: judgement.rank === ranks.short ? endOf(row) : 0 };
    }).sort(byNeed);
    showHeadline(entries);
    const pass = place(entries);
    drawing = pass;
    run(pass);
}

export function showDays(count) {
    days = count;
    for (const card of inSight) lookAt(card);
}

export function find(text) {
    wanted = text.trim().toLowerCase();
    showRows(rows);
}

// Once a second.
export function tick(seconds) {
    for (const card of inSight) card.tick();
    if (seconds % 60 > 0) return;
    // What is late, or may be empty tomorrow, is so by the clock.
    showRows(rows);
    for (const card of inSight) card.past?.draw();
}

async function run(pass) {
    let end = performance.now() + slice;
    let made = 0;
    while (drawing === pass) {
        const { done, value } = pass.next();
        if (done) return;
        made += value ? 1 : 0;
        if (performance.now() < end && made < atOnce) continue;
        await frame();
        [end, made] = [performance.now() + slice, 0];
    }
}

// A hidden tab has no frames, and nobody who waits for one.
const frame = () => new Promise((resolve) => (document.hidden ? setTimeout(resolve) : requestAnimationFrame(resolve)));

// One card at each step; says whether it has just appeared.
function* place(entries) {
    const ids = new Set(entries.map(({ id }) => id));
    for (const id of cards.keys()) if (!ids.has(id)) remove(id);
    let found = 0;
    for (const { has, count, list, place: section } of sections) {
        const own = entries.filter(({ judgement }) => has(judgement));
        let at = list.firstElementChild;
        section.hidden = own.length === 0;
        say(count, String(own.length));
        for (const { id, row, judgement } of own) {
            const before = cards.get(id);
            const card = before ?? make(id);
            noteStatus(id, row, judgement);
            if (card.row !== row || card.judgement?.word !== judgement.word || card.judgement.more !== judgement.more) {
                card.show(row, judgement);
                if (inSight.has(card)) lookAt(card);
            }
            const isHidden = wanted !== "" && !id.toLowerCase().includes(wanted);
            const appears = !before || (card.root.hidden && !isHidden);
            card.root.hidden = isHidden;
            found += card.root.hidden ? 0 : 1;
            // One that left its place goes to the end, instead of all others going before it.
            if (at && at !== card.root && at.nextElementSibling === card.root) {
                move(list, at, null);
                at = card.root;
            }
            if (at === card.root) at = at.nextElementSibling;
            else move(list, card.root, at);
            yield appears;
        }
        section.hidden = own.length === 0 || !list.querySelector(":scope > :not([hidden])");
    }
    $("nothing-found").hidden = found > 0 || entries.length === 0;
}

// Where the browser can, a move keeps the focus and whatever is open.
function move(list, node, before) {
    const hadFocus = node.contains(document.activeElement) ? document.activeElement : null;
    if (list.moveBefore && node.isConnected) list.moveBefore(node, before);
    else list.insertBefore(node, before);
    if (hadFocus && document.activeElement !== hadFocus) hadFocus.focus({ preventScroll: true });
}

function make(id) {
    const card = new Card(id);
    cards.set(id, card);
    sight.observe(card.root);
    card.root.card = card;
    return card;
}

function remove(id) {
    const card = cards.get(id);
    sight.unobserve(card.root);
    inSight.delete(card);
    card.root.remove();
    cards.delete(id);
    forget(id);
}

const sight = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) {
        if (isIntersecting) {
            inSight.add(target.card);
            target.card.tick();
            lookAt(target.card);
        } else {
            inSight.delete(target.card);
        }
    }
}, { rootMargin: "200px" });

// A card that is looked at gets what stands beside its row.
const lookAt = (card) => look(card, days);

// What was asked for another client goes with the rows.
export function clear() {
    showRows([]);
    dropFacts();
}
