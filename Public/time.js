// Times as people say them. Ages are told by the gateway's clock, which stamped the readings.

let offset = 0; // the gateway's clock minus ours, in milliseconds

export const gatewayNow = () => Date.now() + offset;

// A browser may answer from its own cache, with the Date of then: a small difference is taken for that, a large one for a clock
// that is wrong, here or there.
export function noteClock(headers) {
    const date = moment(headers.get("date"));
    const difference = date === null ? 0 : date - Date.now();
    offset = Math.abs(difference) < 300_000 ? 0 : difference;
}

export function moment(text) {
    const time = Date.parse(text ?? "");
    return Number.isNaN(time) ? null : time;
}

export const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

// As short as it stays exact enough to act on: "40 s", "12 min", "3 h", "5 days".
export function span(milliseconds) {
    const seconds = Math.max(0, Math.round(milliseconds / second));
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

// A time that is waited for, to the second: "4:32", "1:04:32".
export function countdown(milliseconds) {
    const seconds = Math.max(0, Math.ceil(milliseconds / second));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

// In the reader's own time zone. By hand: the browser's Intl takes 35 ms to be made, longer than anything else that the page does
// before it shows something.
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (number) => String(number).padStart(2, "0");
const weekday = (time) => weekdays[new Date(time).getDay()];

// "4 Nov", "4 Nov 2026, 09:05", "09:05:07".
export function onDay(time) {
    const at = new Date(time);
    return `${at.getDate()} ${months[at.getMonth()]}`;
}

export function atTime(time) {
    const at = new Date(time);
    return `${onDay(time)} ${at.getFullYear()}, ${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function onClock(time) {
    const at = new Date(time);
    return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

// When something ends, for a sentence: "within the hour", "today", "tomorrow", "on Thursday", "on 24 Dec".
export function by(time, now) {
    if (time - now < hour) return "within the hour";
    const midnight = new Date(now).setHours(24, 0, 0, 0);
    if (time < midnight) return "today";
    if (time < midnight + day) return "tomorrow";
    return time < midnight + 6 * day ? `on ${weekday(time)}` : `on ${onDay(time)}`;
}
