// Amounts are decimal strings, and they stay strings: a binary float loses money. Comparing and subtracting is done in whole
// numbers of the smallest digit. Only `position`, which places a line on the screen, makes a float of one.

const form = /^(-?)(\d+)(?:\.(\d+))?$/;

// Both as whole numbers with the same count of fraction digits, or null where one is no plain decimal.
function aligned(left, right) {
    const [a, b] = [form.exec(left), form.exec(right)];
    if (!a || !b) return null;
    const digits = Math.max(a[3]?.length ?? 0, b[3]?.length ?? 0);
    const whole = ([, sign, integer, fraction = ""]) => BigInt(sign + integer + fraction.padEnd(digits, "0"));
    return { left: whole(a), right: whole(b), digits };
}

// Negative, zero or positive, as a sort wants it; zero where one cannot be read.
export function compare(left, right) {
    const both = aligned(left, right);
    if (!both || both.left === both.right) return 0;
    return both.left < both.right ? -1 : 1;
}

export function minus(left, right) {
    const both = aligned(left, right);
    if (!both) return null;
    const difference = both.left - both.right;
    const digits = String(difference < 0n ? -difference : difference).padStart(both.digits + 1, "0");
    const point = digits.length - both.digits;
    const text = both.digits === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
    return difference < 0n ? `-${text}` : text;
}

export const isUsedUp = (value) => form.test(value) && compare(value, "0") <= 0;

// For drawing only.
export const position = (value) => (form.test(value) ? Number(value) : NaN);

// The digits in groups of three, from the point: every group after the first is one text of a list that is shown with a narrow
// space between. Read or copied, it is the provider's own text.
export function groups(value) {
    const parts = form.exec(value);
    if (!parts || parts[2].length < 5) return [value];
    const [, sign, integer, fraction] = parts;
    const first = integer.length % 3 || 3;
    const rest = integer.slice(first).match(/\d{3}/g) ?? [];
    if (fraction) rest.push(`${rest.pop()}.${fraction}`);
    return [sign + integer.slice(0, first), ...rest];
}
