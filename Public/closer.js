// What a card gets when it is looked at: its past as a picture, what to do about its problem, what is known of its provider. Asked for
// only where somebody can see it.

import { ahead, chart, draw } from "./chart.js";
import { fillDetails } from "./details.js";
import { element, say } from "./dom.js";
import { explanation, history, providerOf } from "./facts.js";
import { runwayOf } from "./need.js";
import { extended, seriesOf } from "./series.js";
import { day, gatewayNow, hour, minute, moment, onDay } from "./time.js";

export async function look(card, days) {
    card.past ??= new Past(card);
    const { past, row } = card;
    providerOf(row.provider).then((provider) => card.takeProvider(provider));
    past.askForReason();
    if (past.asked === days && (past.points !== null || performance.now() < past.askAgain)) return past.draw();
    past.asked = days;
    past.askAgain = performance.now() + minute;
    try {
        const entries = await history(card.id, days);
        if (past.asked === days) past.take(entries, days);
    } catch {
        // Asked again when the card is looked at in a minute.
    }
}

class Past {
    points = null; // of the amount that the card shows; null until its history is there
    asked = null; // for how many days
    askAgain = 0; // performance.now()
    #card;
    #of; // the amount whose points these are
    #days = 7;
    #shown = [];
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
        if (["unit", "kind", "part"].some((each) => shown?.[each] !== this.#of?.[each])) this.points = null;
        this.#of = shown;
        if (this.points && typeof shown?.value === "string") this.points = extended(this.points, shown.value, moment(row.fetched_at));
        this.fill();
    }

    take(entries, days) {
        this.#days = days;
        this.points = entries && this.#of ? seriesOf(entries, this.#of) : null;
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
        if (more.open) fillDetails(more, this.#card, this.#shown, this.#of);
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
