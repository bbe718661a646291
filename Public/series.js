// The history of one amount, made ready to be drawn and told. Pure. A point is { at, until, value }: the amount was first seen at
// `at` and confirmed last at `until`; between that and the next `at` nobody knows it.

import { compare, minus, position } from "./decimal.js";
import { day, hour, minute, moment, onDay, span } from "./time.js";

// Two readings that lie no farther apart are one run.
export const gap = 20 * minute;

// Entries as the gateway's history has them; `amount` says which of the amounts.
export function seriesOf(entries, amount) {
    const points = [];
    for (const entry of entries) {
        const found = entry.amounts?.find(({ kind, unit, part }) =>
            kind === amount.kind && unit === amount.unit && (part ?? null) === (amount.part ?? null));
        const at = moment(entry.at);
        if (!found || at === null || Number.isNaN(position(found.value))) continue;
        points.push({ at, until: Math.max(at, moment(entry.until) ?? at), value: found.value });
    }
    return points;
}

// A newer reading of the account: the amount that was there is confirmed, or there is another one.
export function extended(points, value, time) {
    const last = points.at(-1);
    if (time === null || (last && time <= last.until)) return points;
    if (last && last.value === value) return [...points.slice(0, -1), { ...last, until: time }];
    return [...points, { at: time, until: time, value }];
}

// From `since` on; a point that began before begins there.
export function within(points, since) {
    return points.filter((point) => point.until >= since).map((point) => (point.at < since ? { ...point, at: since } : point));
}

// Runs of points without a gap that is wide enough to be seen: one in two hundred of the window.
export function runs(points, window) {
    const widest = Math.max(gap, window / 200);
    const found = [];
    points.forEach((point, index) => {
        if (index > 0 && point.at - points[index - 1].until <= widest) found.at(-1).push(point);
        else found.push([point]);
    });
    return found;
}

// Rises that are more than money given back: a fifth of what went in the day before, as the runway counts them.
export function topUps(points) {
    const found = [];
    const burns = []; // { at, size }
    for (let index = 1; index < points.length; index += 1) {
        const { at, value } = points[index];
        const change = position(value) - position(points[index - 1].value);
        if (change < 0) burns.push({ at, size: -change });
        if (change <= 0) continue;
        const burned = burns.reduce((sum, burn) => (burn.at > at - day ? sum + burn.size : sum), 0);
        if (change > burned / 5) found.push({ at, amount: minus(value, points[index - 1].value) });
    }
    return found;
}

// The picture as a sentence: "7 days: from 1250.5 to 950 credits, at least 940 on 24 Nov; topped up by 500 on 24 Nov; nothing known
// for 5 h".
export function sentence(points, unit, days, now) {
    if (points.length === 0) return `Nothing is known of the last ${days} days`;
    const [first, last] = [points[0], points.at(-1)];
    const least = points.reduce((low, point) => (compare(point.value, low.value) < 0 ? point : low));
    const window = days * day;
    const parts = [];
    const since = first.at > now - window + window / 50 ? `Since ${onDay(first.at)}` : `${days} days`;
    const flat = points.every((point) => compare(point.value, first.value) === 0);
    parts.push(flat ? `${since}: ${last.value} ${unit} all the time` : `${since}: from ${first.value} to ${last.value} ${unit}`);
    if (compare(least.value, first.value) < 0 && compare(least.value, last.value) < 0) {
        parts.push(`least ${least.value} on ${onDay(least.at)}`);
    }
    const rises = topUps(points);
    if (rises.length > 0) {
        const times = rises.length === 1 ? "" : `${rises.length} times, last `;
        parts.push(`topped up ${times}by ${rises.at(-1).amount} on ${onDay(rises.at(-1).at)}`);
    }
    const pieces = runs(points, window);
    const gaps = pieces.slice(1).reduce((sum, piece, index) => sum + piece[0].at - pieces[index].at(-1).until, 0);
    if (pieces.length > 1) parts.push(`nothing known for ${span(gaps)}`);
    return parts.join("; ");
}

// What was spent in those days, as the gateway counts it: names and words for a list of facts. What is not known is said, not left out.
export function spentOf(sums, amount, days) {
    const sum = sums.find(({ unit, part }) => unit === amount.unit && (part ?? null) === (amount.part ?? null))
        ?? sums.find(({ unit, own }) => unit === amount.unit && own);
    if (!sum) return [];
    const hours = Math.ceil((sum.unknown_seconds ?? 0) / 3600);
    const missing = hours > 0 ? `, ${span(hours * hour)} of them not known` : "";
    const some = (value) => typeof value === "string" && position(value) !== 0;
    return [
        [`Spent in ${days} days`, typeof sum.spent === "string" ? `${sum.spent} ${sum.unit}${missing}` : "not known"],
        [`Topped up in ${days} days`, some(sum.topped_up) ? `${sum.topped_up} ${sum.unit}` : ""],
        [`Expired in ${days} days`, some(sum.expired) ? `${sum.expired} ${sum.unit}` : ""],
    ];
}
