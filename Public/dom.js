// The few words that this page has for making elements. Text goes in as text nodes and never as markup: what providers say is
// not to be trusted with more.

export const $ = (id) => document.getElementById(id);

export function element(name, attributes = {}, ...children) {
    return filled(document.createElement(name), attributes, children);
}

export function drawn(name, attributes = {}, ...children) {
    return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled(made, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
}

// Writes only what differs: a selection survives, and a screen reader is told of changes and nothing else.
export function say(place, text) {
    if (place.textContent !== text) place.textContent = text;
    if (place.hidden !== (text === "")) place.hidden = text === "";
}

export function setClass(place, name) {
    if (place.getAttribute("class") !== name) place.setAttribute("class", name);
}

// A link that opens elsewhere, or nothing where the address is no web address: `javascript:` and its like never become links.
export function outwardLink(address, words, className = "") {
    let url;
    try {
        url = new URL(address);
    } catch {
        return null;
    }
    if (url.protocol !== "https:" && url.protocol !== "http:") return null;
    return element("a", { href: url.href, class: className, target: "_blank", rel: "noopener noreferrer" }, words);
}

// The status as a shape of its own, drawn in the colour of the text so that forced colours show it too.
const shapes = {
    bad: "M4 1 8 5l4-4 3 3-4 4 4 4-3 3-4-4-4 4-3-3 4-4-4-4z",
    low: "M1 2h14L8 15z",
    short: "M2 1h12v3L9.5 8l4.5 4v3H2v-3l4.5-4L2 4z",
    stale: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2a5 5 0 0 1 0 10z",
    asking: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2a5 5 0 1 1 0 10A5 5 0 0 1 8 3z",
    fresh: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z",
};

export function mark(shape) {
    return drawn("svg", { class: "mark", viewBox: "0 0 16 16", "aria-hidden": "true" }, drawn("path", { d: shapes[shape] }));
}
