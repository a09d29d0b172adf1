// What the timeline draws: a lane for each row that was seen and one for what fits none, over slices of time; and where
// the capture is too short for slices, the time each class of flows took instead.
import type { Audit } from "./audit";
import { at } from "./format";
import type { Talk } from "./model";
import { family, rank, type Family } from "./verdicts";

export interface Lane {
    key: string;
    name: string;
    verdict: string;
    bytes: number;
    failed: number;
    bars: { of: Family | "traffic" | "failed"; path: string }[]; // in a box of WIDTH by HEIGHT
}

export interface Sums {
    times: number[]; // seconds since 1970: where slices begin
    bytes: number[];
    failed: number[];
}

export const WIDTH = 1000;
export const HEIGHT = 24;
const LEAST = 4; // slices, below which they show nothing
const MOST = 40;

export const hasSlices = (audit: Audit): boolean => audit.timeline.slices >= LEAST;

export function sumsOf(audit: Audit, talks: Talk[]): Sums {
    const { first, slice_seconds, slices } = audit.timeline;
    const begin = at(first) / 1000;
    const sums: Sums = {
        times: Array.from({ length: slices }, (_, i) => begin + i * slice_seconds),
        bytes: new Array<number>(slices).fill(0),
        failed: new Array<number>(slices).fill(0),
    };
    for (const talk of talks)
        for (const [slice, , bytes, , failed] of talk.data.timeline) {
            sums.bytes[slice] = (sums.bytes[slice] ?? 0) + bytes;
            sums.failed[slice] = (sums.failed[slice] ?? 0) + failed;
        }
    return sums;
}

const box = (x: number, width: number, top: number, bottom: number): string =>
    `M${x.toFixed(1)} ${top.toFixed(1)}h${width.toFixed(1)}V${bottom.toFixed(1)}h${(-width).toFixed(1)}z`;

// Heights are logarithms, so that a quiet lane is seen beside a busy one.
function sliceBars(sums: Sums, most: number): Lane["bars"] {
    const width = WIDTH / Math.max(1, sums.times.length);
    let traffic = "", failed = "";
    sums.bytes.forEach((bytes, i) => {
        const height = (HEIGHT - 8) * (Math.log1p(bytes) / Math.log1p(most));
        if (bytes > 0) traffic += box(i * width, width * 0.86, HEIGHT - Math.max(2, height), HEIGHT);
        if ((sums.failed[i] ?? 0) > 0) failed += box(i * width, width * 0.86, 0, 5);
    });
    return [{ of: "traffic", path: traffic }, { of: "failed", path: failed }];
}

function spanBars(audit: Audit, talks: Talk[]): Lane["bars"] {
    const first = at(audit.window.first), length = Math.max(1, at(audit.window.last) - first);
    const paths = new Map<Family, string>();
    for (const talk of talks)
        for (const s of talk.data.sessions) {
            const x = (WIDTH * (at(s.first) - first)) / length;
            const width = Math.max(3, (WIDTH * (at(s.last) - at(s.first))) / length);
            const of = family(s.verdict);
            paths.set(of, (paths.get(of) ?? "") + box(Math.min(x, WIDTH - 3), width, 6, HEIGHT - 6));
        }
    const order: Family[] = ["good", "none", "doubt", "strange", "weak", "bad"];
    return order.flatMap((of) => (paths.has(of) ? [{ of, path: paths.get(of) ?? "" }] : []));
}

// Those with the worst verdicts and most traffic, and how many others there are.
export function lanesOf(audit: Audit, talks: Talk[]): { lanes: Lane[]; others: number } {
    const groups = new Map<string, { name: string; verdict: string; talks: Talk[] }>();
    const join = (key: string, name: string, verdict: string, talk: Talk): void => {
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { name, verdict, talks: [talk] });
        else {
            group.talks.push(talk);
            if (rank(verdict) < rank(group.verdict)) group.verdict = verdict;
        }
    };
    for (const talk of talks) {
        for (const row of talk.rows) join(row.key, row.data.name, row.data.verdict, talk);
        if (talk.rows.length === 0) join("", "What fits no row", talk.data.verdict, talk);
    }
    const chosen = [...groups].sort(([, a], [, b]) => rank(a.verdict) - rank(b.verdict) || b.talks.length - a.talks.length).slice(0, MOST);
    const sums = hasSlices(audit) ? chosen.map(([, group]) => sumsOf(audit, group.talks)) : [];
    const most = sums.reduce((m, sum) => sum.bytes.reduce((n, b) => Math.max(n, b), m), 1);
    const lanes = chosen.map(([key, group], i) => {
        const sum = sums[i];
        return {
            key,
            name: group.name,
            verdict: group.verdict,
            bytes: group.talks.reduce((n, talk) => n + talk.bytes, 0),
            failed: group.talks.reduce((n, talk) => n + talk.failed, 0),
            bars: sum !== undefined ? sliceBars(sum, most) : spanBars(audit, group.talks),
        };
    });
    return { lanes, others: groups.size - chosen.length };
}
