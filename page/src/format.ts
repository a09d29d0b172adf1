// Numbers and times as people read them. Times are UTC, as in the audit.

const grouped = new Intl.NumberFormat("en-US");

export const count = (n: number): string => grouped.format(n);

export const counted = (n: number, one: string, many: string): string => `${count(n)} ${n === 1 ? one : many}`;

export function bytes(n: number): string {
    const units = ["B", "kB", "MB", "GB", "TB", "PB"];
    let unit = 0;
    while (n >= 1000 && unit < units.length - 1) {
        n /= 1000;
        unit++;
    }
    return `${unit === 0 ? n : n.toFixed(n < 10 ? 1 : 0)} ${units[unit]}`;
}

// Milliseconds since 1970, NaN for no time.
export const at = (time: string): number => (time === "" ? NaN : Date.parse(time));

export const day = (time: string): string => time.slice(0, 10);

export const clock = (time: string): string => time.slice(11, 19);

export const dayAndClock = (time: string): string => (time === "" ? "" : `${day(time)} ${clock(time)}`);

// A time of an audit of this window: with its day where there is more than one; in columns, without the year.
type Window = { first: string; last: string };
export const isOneDay = (w: Window): boolean => day(w.first) === day(w.last);
export const within = (w: Window, time: string): string => (isOneDay(w) ? clock(time) : dayAndClock(time));
export const withinShort = (w: Window, time: string): string => within(w, time).slice(isOneDay(w) ? 0 : 5);

export function span(ms: number): string {
    if (!(ms >= 0)) return "";
    const seconds = Math.floor(ms / 1000); // as the text report says it
    if (ms < 1000) return `${Math.round(ms)} ms`;
    if (seconds < 120) return `${seconds} s`;
    if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
    if (seconds < 172800) return `${Math.round(seconds / 360) / 10} h`;
    return `${Math.round(seconds / 8640) / 10} days`;
}

// From first to last, the day said once where it is one.
export function window(first: string, last: string): string {
    if (first === "") return "no packets";
    return `${dayAndClock(first)} to ${day(first) === day(last) ? clock(last) : dayAndClock(last)} UTC`;
}

export const share = (part: number, whole: number): string =>
    whole === 0 ? "" : part / whole < 0.001 ? "under 0.1 %" : `${((100 * part) / whole).toFixed(1)} %`;
