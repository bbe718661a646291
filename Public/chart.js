// A balance over time as a step line: inline SVG whose name is a sentence. To the right of now, the fan of the runway: from what is there
// down to nothing, between the earliest and the latest time. It is stretched to its place; strokes are not.

import { drawn } from "./dom.js";
import { position } from "./decimal.js";
import { runs, sentence, topUps, within } from "./series.js";
import { day, moment } from "./time.js";

const [width, height, top] = [1000, 100, 6];
const nowAt = 700; // three tenths are the future

export function chart() {
    return drawn("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img" });
}

// The days right of now for so many left of it.
export const ahead = (days) => Math.round((days * (width - nowAt)) / nowAt);

// `points` is the whole series, `days` what is shown of it. Answers the points that are shown.
export function draw(svg, points, unit, days, now, runway) {
    const since = now - days * day;
    const shown = within(points, since);
    const x = (time) => Math.round(((time - since) / (now - since)) * nowAt * 2) / 2;
    const values = shown.map((point) => position(point.value));
    // From zero: how far there is to go is the question.
    const [low, high] = values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [0, 0]);
    const y = (value) => Math.round((top + (1 - (value - low) / (high - low || 1)) * (height - top - 2)) * 10) / 10;

    const pieces = runs(shown, days * day);
    const lines = pieces.map((piece) => steps(piece, x, y));
    const areas = pieces.map((piece, index) => `${lines[index]}V${y(0)}H${x(piece[0].at)}Z`);
    const path = (name, d) => drawn("path", { class: name, d });
    svg.replaceChildren(
        ...gaps(pieces, now, days * day).map(([from, to]) => drawn("rect", { class: "gap", x: x(from), y: 0, width: x(to) - x(from), height })),
        path("zero", `M0 ${y(0)}H${width}`),
        path("now", `M${nowAt} 0V${height}`),
        path("area", areas.join("")),
        path("fan", fan(shown.at(-1), runway, x, y)),
        path("tick", topUps(shown).map(({ at }) => `M${x(at)} 0V${height}`).join("")),
        path("line", lines.join("")),
    );
    svg.setAttribute("aria-label", sentence(shown, unit, days, now));
    return shown;
}

function gaps(pieces, now, window) {
    const between = pieces.slice(1).map((piece, index) => [pieces[index].at(-1).until, piece[0].at]);
    const end = pieces.at(-1)?.at(-1).until ?? now;
    return now - end > window / 100 ? [...between, [end, now]] : between;
}

// Between the straight ways to nothing: the early one, and the late one, which may be open.
function fan(last, runway, x, y) {
    const earliest = moment(runway?.earliest) ?? moment(runway?.not_before);
    if (!last || runway?.status !== "burning" || earliest === null || earliest <= last.until) return "";
    const [from, value] = [x(last.until), position(last.value)];
    // Where the way to zero at `time` leaves the picture.
    const end = (time) => {
        const to = x(time);
        return to <= width ? [to, y(0)] : [width, y(value * (1 - (width - from) / (to - from)))];
    };
    const [early, late] = [end(earliest), moment(runway.latest) === null ? [width, y(value)] : end(moment(runway.latest))];
    const corner = early[0] < width && late[1] !== y(0) ? `L${width} ${y(0)}` : "";
    return `M${from} ${y(value)}L${early.join(" ")}${corner}L${late.join(" ")}Z`;
}

// Across, then up or down. Where several changes share a place, their range and the last of them are drawn: a line of thousands of steps
// costs no more than the picture is wide.
function steps(piece, x, y) {
    let place = x(piece[0].at);
    let path = `M${place} ${y(position(piece[0].value))}`;
    let range = [];
    const flush = () => {
        if (range.length > 2) path += `V${Math.min(...range)}V${Math.max(...range)}`;
        if (range.length > 0) path += `V${range.at(-1)}`;
        range = [];
    };
    for (const point of piece.slice(1)) {
        const at = x(point.at);
        if (at !== place) {
            flush();
            path += `H${at}`;
            place = at;
        }
        range.push(y(position(point.value)));
    }
    flush();
    // A point without extent is drawn by the round end of its stroke.
    return `${path}H${Math.max(place, x(piece.at(-1).until))}`;
}
