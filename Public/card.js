// One account as a card. It is built once and then only corrected, so that an open table, a selection and the focus stay. What it shows
// beside its row comes later, from closer.js.

import { groups } from "./decimal.js";
import { element, mark, outwardLink, say, setClass } from "./dom.js";
import { ranks, runwayOf, shownAmount } from "./need.js";
import { atTime, countdown, gatewayNow, moment, span } from "./time.js";

export class Card {
    row = null;
    judgement = null;
    shown = null; // the amount that stands large
    past = null; // its history, once it has been looked at
    explanation = null;
    provider = {}; // what is known of it, once it has been asked for
    #order;

    constructor(id) {
        this.id = id;
        const made = (name, className, ...children) => element(name, { class: className }, ...children);
        this.name = document.createTextNode("");
        this.account = made("span", "account");
        this.status = made("p", "status");
        this.age = made("time", "age");
        this.amount = made("p", "amount");
        this.others = made("ul", "others");
        this.trend = made("div", "trend");
        this.runwayWords = made("span", "");
        this.runway = made("p", "runway", made("span", "label", "Runway "), this.runwayWords);
        this.problem = made("p", "cause");
        this.remedy = made("p", "remedy");
        this.retry = made("p", "retry");
        this.links = made("p", "links");
        this.advice = made("div", "advice", this.problem, this.remedy, this.retry, this.links);
        this.more = made("details", "more", element("summary", { "aria-label": `Details of ${id}` }, "Details"));
        this.root = element("li", { class: "card", id, tabindex: -1 },
            made("h3", "name", this.name, " ", this.account), this.status, this.amount, this.more);
        // The others are in the document only while they say something: five hundred cards are many elements.
        this.#order = [this.age, this.others, this.trend, this.runway, this.advice, this.more];
        this.more.addEventListener("toggle", () => this.past?.fill());
    }

    present(part, isWanted) {
        if (isWanted === (part.parentNode !== null)) return;
        if (!isWanted) return part.remove();
        const after = this.#order.slice(this.#order.indexOf(part) + 1);
        this.root.insertBefore(part, after.find((each) => each.parentNode !== null));
    }

    show(row, judgement) {
        this.row = row;
        this.judgement = judgement;
        setClass(this.root, `card ${judgement.shape} ${judgement.rank <= ranks.short ? "need" : judgement.rank === ranks.stale ? "watch" : "well"}`);
        if (this.name.data !== row.provider) this.name.data = row.provider;
        say(this.account, row.account);
        this.#showStatus();
        this.#showAmounts();
        const runway = runwayOf(row);
        say(this.runwayWords, runway?.words ?? "");
        setClass(this.runway, runway?.status === "accumulating" ? "runway open" : "runway");
        this.present(this.runway, Boolean(runway?.words));
        const status = row.problem?.upstream_status ? ` (${row.problem.upstream_status})` : "";
        const title = row.problem?.title ?? row.problem?.code?.replaceAll("_", " ");
        say(this.problem, title && judgement.shape !== "asking" ? `${title}${status}` : "");
        this.#showAdvice();
        this.tick();
        this.past?.follow();
    }

    #showStatus() {
        const { judgement } = this;
        const text = judgement.word + judgement.more;
        if (this.status.textContent === text && this.status.dataset.shape === judgement.shape) return;
        this.status.dataset.shape = judgement.shape;
        this.status.replaceChildren(mark(judgement.shape), text);
    }

    #showAmounts() {
        const { row } = this;
        const shown = shownAmount(row);
        this.shown = shown;
        const key = JSON.stringify([row.available, row.amounts]);
        if (this.amount.dataset.key === key) return;
        this.amount.dataset.key = key;
        if (shown === null) {
            this.amount.replaceChildren(element("span", { class: "value none" }, "unknown"));
        } else {
            const size = shown.value.length > 22 ? "value longest" : shown.value.length > 11 ? "value long" : "value";
            this.amount.replaceChildren(
                element("span", { class: size }, ...groups(shown.value).map((group, index) => (index ? element("span", {}, group) : group))), " ",
                element("span", { class: "unit" }, shown.unit), ...(shown.kind === "available" ? [] : [` ${shown.kind}`]));
        }
        const others = (row.amounts ?? []).filter(({ kind, unit, value, part }) =>
            kind !== shown?.kind || unit !== shown.unit || value !== shown.value || part !== shown.part);
        this.present(this.others, others.length > 0);
        this.others.replaceChildren(...others.slice(0, 6).map(({ kind, unit, value, part }) =>
            element("li", {}, [value, unit, part, kind === "available" ? "" : kind].filter(Boolean).join(" "))));
    }

    #showAdvice() {
        const { row, judgement } = this;
        const asksForMoney = judgement.rank === ranks.low || judgement.rank === ranks.short;
        const own = { empty: "Top it up.", low: "Top it up, or change its low: in the configuration.", "running out": "Top it up in time." }[judgement.word];
        // The links stand below, as links.
        const remedy = row.problem && judgement.shape !== "asking" ? this.explanation?.remedy?.replace(/ \(https?:[^)\s]*\)/g, "") : own;
        say(this.remedy, remedy ?? "");
        const links = [
            asksForMoney || judgement.shape === "bad" ? outwardLink(this.provider.top_up, "Top up", asksForMoney ? "button primary" : "button") : null,
            row.problem ? outwardLink(this.provider.status_page, "Provider's status", "button") : null,
            row.problem || asksForMoney ? outwardLink(this.provider.documentation, "Provider's page", "button") : null,
        ].filter(Boolean);
        const key = links.map(({ href, className }) => href + className).join(" ");
        if (this.links.dataset.key !== key) this.links.replaceChildren(...links);
        this.links.dataset.key = key;
        this.links.hidden = links.length === 0;
        this.present(this.advice, row.problem !== null || Boolean(remedy) || links.length > 0);
    }

    // What was asked for beside the row.
    takeProvider(provider) {
        this.provider = provider;
        this.#showAdvice();
        this.past?.fill();
    }

    takeExplanation(explanation) {
        this.explanation = explanation;
        this.#showAdvice();
        this.past?.fill();
    }

    // Once a second while it can be seen.
    tick() {
        const now = gatewayNow();
        const fetched = moment(this.row.fetched_at);
        this.present(this.age, fetched !== null);
        if (fetched !== null && this.age.dateTime !== this.row.fetched_at) {
            this.age.dateTime = this.row.fetched_at;
            this.age.title = `Read ${atTime(fetched)}`;
        }
        if (fetched !== null) say(this.age, now - fetched < 2_000 ? "just now" : `${span(now - fetched)} ago`);
        const retry = moment(this.row.problem?.retry_at);
        say(this.retry, retry === null ? "" : retry > now ? `Asked again in ${countdown(retry - now)}` : "Asked again with the next request");
    }
}
