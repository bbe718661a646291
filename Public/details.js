// What is behind "Details": the facts in a list, and the data of the picture as a table. Made when it is opened.

import { element, say } from "./dom.js";
import { runwayOf } from "./need.js";
import { atTime, moment } from "./time.js";

const most = 200; // rows of the table

export function fillDetails(details, { row, explanation, provider }, { points, spent, unit }) {
    let facts = details.querySelector("dl");
    if (!facts) {
        facts = element("dl");
        details.append(facts);
    }
    const listed = factsOf(row, explanation, provider, spent);
    const key = JSON.stringify(listed);
    if (facts.dataset.key !== key) {
        facts.dataset.key = key;
        facts.replaceChildren(...listed.flatMap(([name, words]) => [element("dt", {}, name), element("dd", {}, words)]));
    }
    fillTable(details, points, unit);
}

function factsOf(row, explanation, provider, spent) {
    const time = (text) => (moment(text) === null ? null : atTime(moment(text)));
    const runway = runwayOf(row);
    const basis = runway?.basis;
    return [
        ["Read", time(row.fetched_at) ?? "never"],
        ["The provider's own time", time(row.as_of)],
        ["Spent a day", runway?.burn?.per_day && `${runway.burn.per_day} ${runway.unit}`],
        ["Spent in 24 hours", runway?.burn?.last_24h && `${runway.burn.last_24h} ${runway.unit}`],
        ...spent,
        ["Last top-up", runway?.last_top_up && `${runway.last_top_up.amount} ${runway.unit}, ${time(runway.last_top_up.at)}`],
        ["Runway from", basis && [[basis.days, "day"], [basis.steps, "drop"], [basis.top_ups, "top-up"]]
            .map(([count, name]) => `${count} ${name}${count === 1 ? "" : "s"}`).join(", ")],
        ["Cause", explanation?.cause],
        ["Ends", explanation?.ends],
        ["Key from", explanation?.key_from],
        ["Known from", provenance(provider.provenance)],
    ].filter(([, words]) => typeof words === "string" && words !== "");
}

const witnesses = { documentation: "the provider's documentation", sdk: "the provider's own client", "third-party": "somebody else's program" };

// How sure it is what the provider's figures mean: its definition says who has seen it.
function provenance(known) {
    if (!known?.verified) return null;
    if (known.verified === "live") return `a live answer, seen by ${known.by} on ${known.on}`;
    return `${witnesses[known.verified]}${known.read ? `, read ${known.read}` : ""}; nobody has seen it live`;
}

function fillTable(details, points, unit) {
    let place = details.querySelector(".figures");
    if (!place) {
        place = element("div", { class: "figures", role: "region", tabindex: 0, "aria-label": "History as a table" });
        details.append(place, element("p", { class: "quiet" }));
    }
    const last = points.at(-1);
    const key = `${unit} ${points.length} ${points[0]?.at} ${last?.until}`;
    if (place.dataset.key === key) return;
    place.dataset.key = key;
    place.hidden = points.length === 0;
    const cell = (text) => element("td", {}, text);
    const rows = points.slice(-most).reverse().map(({ at, until, value }) =>
        element("tr", {}, cell(atTime(at)), cell(until > at ? atTime(until) : "once"), element("td", { class: "number" }, value)));
    place.replaceChildren(element("table", {},
        element("thead", {}, element("tr", {}, ...["Seen", "Until", unit].map((words) => element("th", { scope: "col" }, words)))),
        element("tbody", {}, ...rows)));
    say(details.lastElementChild, points.length > most ? `And ${points.length - most} older ones: bursar history has all.` : "");
}
