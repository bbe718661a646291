// What a row asks of a person. Pure: a row and a time in; a rank, a word, a shape and half a sentence out.

import { isUsedUp } from "./decimal.js";
import { by, day, minute, moment } from "./time.js";

export const idOf = (row) => `${row.provider}/${row.account}`;
export const nameOf = (row) => (row.account === "default" ? row.provider : idOf(row));

// A forecast this near is told in the first sentence.
export const shortRunway = 3 * day;

// From the most urgent on. The first three need somebody; the others are there to be looked at.
export const ranks = { bad: 0, low: 1, short: 2, stale: 3, fine: 4 };
export const needsSomebody = (judgement) => judgement.rank <= ranks.short;

const refusals = {
    unauthorized: ["key rejected", "rejected its key"],
    forbidden: ["key refused", "does not let its key read the balance"],
    rate_limited: ["told to wait", "asked to wait before it ever answered"],
    timeout: ["no answer", "does not answer"],
    unreachable: ["not reached", "cannot be reached"],
    upstream_error: ["failing", "answers with errors"],
    invalid_response: ["unreadable", "answers something else than it documents"],
    circuit_open: ["failing", "keeps failing"],
};

export function judge(row, now) {
    const runway = runwayOf(row);
    const problem = row.problem;
    if (row.status === "unavailable") {
        if (problem?.reason === "not_read_yet") return judgement("fine", "asking", "being asked");
        const [word, clause] = refusals[problem?.code] ?? ["unavailable", "has no balance to show"];
        return judgement("bad", "bad", word, clause);
    }
    // A reading that has just ended is asked for again as this is read: called old at once, everything would blink.
    const late = now - (moment(row.expires_at) ?? now) > minute;
    const isOld = row.status === "stale" && (late || problem !== null);
    const old = isOld ? ", stale" : "";
    if (isUsedUp(row.available ?? "")) return judgement("low", "bad", "empty", "is empty", old);
    if (row.low === true) return judgement("low", "low", "low", "is low", old);
    const earliest = moment(runway?.earliest);
    if (runway?.status === "burning" && earliest !== null && earliest - now < shortRunway) {
        return judgement("short", "short", "running out", `may be empty ${by(earliest, now)}`, old);
    }
    return isOld ? judgement("stale", "stale", "stale") : judgement("fine", "fresh", "fresh");
}

// `more` is said behind the word.
const judgement = (rank, shape, word, clause = "", more = "") => ({ rank: ranks[rank], shape, word, clause, more });

// Of the unit that the row shows first.
export function runwayOf(row) {
    const all = Array.isArray(row.runway) ? row.runway : [];
    return all.find((runway) => runway.unit === shownAmount(row)?.unit) ?? null;
}

// What stands large: the amount that the row calls its own, else a first one of another kind. Where the own one is not known, no other
// available amount may stand in its place.
export function shownAmount(row) {
    if (typeof row.available === "string") {
        const own = row.amounts?.find(({ kind, unit, value }) => kind === "available" && unit === row.unit && value === row.available);
        return { kind: "available", value: row.available, unit: row.unit ?? "", part: own?.part };
    }
    const first = row.amounts?.[0];
    return first && first.kind !== "available" ? first : null;
}

// By need, then by what ends first, then in the order of the configuration.
export function byNeed(left, right) {
    return left.judgement.rank - right.judgement.rank || left.ends - right.ends || left.order - right.order;
}

// Runs out at the earliest: what to sort by among equals.
export const endOf = (row) => moment(runwayOf(row)?.earliest) ?? moment(runwayOf(row)?.not_before) ?? Number.MAX_SAFE_INTEGER;
