// How conversations are ordered by each column; equal ones by verdict, then by size.
import type { Talk } from "./model";
import { byVerdict } from "./model";
import type { Sort } from "./state";
import { rank } from "./verdicts";

const texts = new Intl.Collator("en", { numeric: true });

const orders: Record<string, (a: Talk, b: Talk) => number> = {
    verdict: (a, b) => rank(a.data.verdict) - rank(b.data.verdict),
    client: (a, b) => texts.compare(a.client, b.client),
    server: (a, b) => texts.compare(a.server, b.server),
    port: (a, b) => a.data.port - b.data.port || texts.compare(a.data.transport, b.data.transport),
    service: (a, b) => texts.compare(a.service, b.service),
    row: (a, b) => texts.compare(rowText(a), rowText(b)),
    protection: (a, b) => texts.compare(protection(a), protection(b)),
    flows: (a, b) => b.data.flows - a.data.flows,
    bytes: (a, b) => b.bytes - a.bytes,
    first: (a, b) => (a.data.first < b.data.first ? -1 : Number(a.data.first > b.data.first)),
};

// What comes first where a column is chosen: the worst and the most, or the first of the alphabet and the clock.
const mostFirst = new Set(["verdict", "flows", "bytes"]);

export const isDescending = (sort: Sort): boolean => sort.down !== mostFirst.has(sort.by);

export function compareTalks(sort: Sort): (a: Talk, b: Talk) => number {
    const order = orders[sort.by] ?? byVerdict;
    return (a, b) => (sort.down ? -1 : 1) * order(a, b) || byVerdict(a, b);
}

// The row it belongs to, or the nearest and why it is not that.
export function rowText(talk: Talk): string {
    if (talk.rows.length > 0) return talk.rows.map((row) => row.data.name).join(" or ");
    const { path, why } = talk.data.nearest;
    return path === "" ? why : `${why} (${path})`;
}

export const protection = (talk: Talk): string => [talk.encryption, talk.authentication].filter((t) => t !== "").join(" · ");
