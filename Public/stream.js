// Server-sent events read with fetch, because EventSource cannot send a token. The format is that of the HTML standard: lines,
// a blank line ends an event, a line that begins with a colon is a heartbeat.

import { open, Refusal } from "./gateway.js";

// The gateway sends its first bytes at once and a heartbeat every 15 s. Silence means a proxy that collects, or a dead peer.
const [firstWait, longestSilence] = [5_000, 45_000];

// The gateway, or what is before it, has no stream. Asking again soon would not help.
export class NoStream extends Error {}

// Yields { event, data, id, retry } until the gateway ends the stream or the signal does. Throws NoStream, and what `open` throws.
export async function* events(path, signal) {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(new NoStream()), firstWait);
    try {
        const response = await open(path, {
            accept: "text/event-stream", cache: "no-store", signal: AbortSignal.any([signal, silence.signal]),
        });
        if ([400, 404, 405, 406, 501].includes(response.status)) throw new NoStream();
        if (!response.ok) {
            const answer = await response.json().catch(() => null);
            throw String(answer?.type).endsWith(":too_many_streams") ? new NoStream() : new Refusal(response, answer);
        }
        if (!response.headers.get("content-type")?.startsWith("text/event-stream")) throw new NoStream();
        const reader = response.body.getReader();
        const [decoder, parser] = [new TextDecoder(), new Parser()];
        while (true) {
            const { done, value } = await reader.read();
            if (done) return;
            clearTimeout(timer);
            timer = setTimeout(() => silence.abort(new DOMException("silent", "TimeoutError")), longestSilence);
            yield* parser.take(decoder.decode(value, { stream: true }));
        }
    } finally {
        clearTimeout(timer);
        silence.abort();
    }
}

// Text in, whole events out; what is not whole yet is kept.
export class Parser {
    #rest = "";
    #endedInReturn = false;
    #event = { event: "message", data: [], id: null };
    #retry = null; // milliseconds

    *take(text) {
        if (text === "") return;
        // A line's end may be cut in the middle: its second half is no further end.
        const next = this.#endedInReturn && text.startsWith("\n") ? text.slice(1) : text;
        this.#endedInReturn = next.endsWith("\r");
        // Only what is new is searched: one line may come in hundreds of pieces.
        const lines = next.split(/\r\n|\n|\r/);
        lines[0] = this.#rest + lines[0];
        this.#rest = lines.pop();
        for (const line of lines) {
            if (line === "") {
                const { event, data, id } = this.#event;
                this.#event = { event: "message", data: [], id };
                if (data.length > 0) yield { event, data: data.join("\n"), id, retry: this.#retry };
            } else if (!line.startsWith(":")) {
                this.#field(line);
            }
        }
    }

    #field(line) {
        const colon = line.indexOf(":");
        const [name, value] = colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
        if (name === "data") this.#event.data.push(value);
        else if (name === "event") this.#event.event = value;
        else if (name === "id") this.#event.id = value;
        else if (name === "retry" && /^\d+$/.test(value)) this.#retry = Number(value);
    }
}
