// What a card gets when it is looked at: its past as a picture, what to do about its problem, what is known of its provider. Asked for
// only where somebody can see it.

import { ahead, chart, draw } from "./chart.js";
import { fillDetails } from "./details.js";
import { element, say } from "./dom.js";
import { explanation, history, providerOf } from "./facts.js";
import { runwayOf } from "./need.js";
import { extended, gap, seriesOf, spentOf } from "./series.js";
import { day, gatewayNow, hour, minute, moment, onDay } from "./time.js";

export async function look(card, days) {
    card.past ??= new Past(card);
    const { past, row } = card;
    providerOf(row.provider).then((provider) => card.takeProvider(provider));
    past.askForReason();
    const isKnown = past.points !== null && !past.isMissed;
    if (past.asked === days && (isKnown || performance.now() < past.askedAt + minute)) return past.draw();
    past.asked = days;
    past.askedAt = performance.now();
    try {
        const answer = await history(card.id, days);
        if (past.asked === days) past.take(answer, days);
    } catch {
        // Asked again when the card is looked at in a minute.
        past.isMissed ||= past.asked === days;
    }
}

class Past {
    points = null; // of the amount that the card shows; null until its history is there
    asked = null; // for how many days; null where it is to be asked for again
    askedAt = 0; // performance.now()
    isMissed = false; // what was asked for last did not come
    #card;
    #of; // the amount whose points these are
    #days = 7;
    #shown = [];
    #spent = []; // the words of what was spent in those days
    #reason = null; // the problem that was asked about
    #svg = chart();
    #since = element("span");
    #until = element("span");

    constructor(card) {
        this.#card = card;
        this.#of = card.shown;
        card.trend.append(this.#svg, element("p", { class: "axis", "aria-hidden": "true" },
            this.#since, element("span", { class: "now" }, "now"), this.#until));
        this.fill();
    }

    // The card has a newer row.
    follow() {
        const { row, shown } = this.#card;
        if (["unit", "kind", "part"].some((each) => shown?.[each] !== this.#of?.[each])) {
            [this.points, this.#shown, this.#spent] = [null, [], []];
        }
        this.#of = shown;
        if (this.points && typeof shown?.value === "string") this.#goOn(shown.value, moment(row.fetched_at));
        this.fill();
    }

    // A reading more. What was between two that lie far apart, the gateway may know: this tab slept. And once an hour it knows better, of
    // what was spent, and how many points are enough.
    #goOn(value, time) {
        const isFar = time - (this.points.at(-1)?.until ?? time) > gap;
        const age = performance.now() - this.askedAt;
        if (age > hour || (isFar && age > minute)) this.asked = null;
        this.points = extended(this.points, value, time);
    }

    take(answer, days) {
        this.isMissed = false;
        this.#days = days;
        this.points = answer && this.#of ? seriesOf(answer.entries ?? [], this.#of) : null;
        this.#spent = answer && this.#of ? spentOf(answer.spent ?? [], this.#of, days) : [];
        this.draw();
    }

    draw() {
        // A dot is no history.
        const isWanted = this.points?.length > 0 && this.points.at(-1).until - this.points[0].at > 6 * hour;
        this.#card.present(this.#card.trend, isWanted);
        if (!isWanted) return;
        const now = gatewayNow();
        this.#shown = draw(this.#svg, this.points, this.#of.unit, this.#days, now, runwayOf(this.#card.row));
        say(this.#since, onDay(now - this.#days * day));
        say(this.#until, `${ahead(this.#days)} days on`);
        this.fill();
    }

    // What is behind "Details", where somebody has opened it.
    fill() {
        const { more } = this.#card;
        if (more.open) fillDetails(more, this.#card, { points: this.#shown, spent: this.#spent, unit: this.#of?.unit ?? "" });
    }

    askForReason() {
        const { id, row } = this.#card;
        const reason = row.problem ? `${row.problem.code} ${row.problem.retry_at}` : "";
        if (this.#reason === reason) return;
        this.#reason = reason;
        if (reason === "") this.#card.takeExplanation(null);
        else explanation(id).then((answer) => this.#card.takeExplanation(answer), () => (this.#reason = null));
    }
}
