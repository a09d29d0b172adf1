// What a person chose on the page, apart from the audit that is shown: an update brings another audit, and the choice
// stays. One object, changed by `choose` alone.
import type { Model, Row, Talk } from "./model";
import type { Grid } from "./grid";

export type Axis = "roles" | "hosts";
export type Sort = { by: string; down: boolean };
export type Open = { kind: "talk" | "row" | "server"; key: string; from?: Open }; // from: what led there, to go back to

// Of a run that goes on; undefined in a page that holds its audit.
export interface Live {
    state: "waiting" | "live" | "lost" | "ended";
    number: number; // of the newest audit
    made: string;
    packets: number;
    dropped: number;
}

export interface State {
    live: Live | undefined;
    model: Model | undefined;
    grid: Grid | undefined; // of the model, by `axis`
    trouble: string; // why there is no audit
    query: string;
    verdicts: ReadonlySet<string>; // of conversations; empty: all
    cell: { from: string; to: string } | undefined;
    axis: Axis;
    sort: Sort;
    rowsAll: boolean; // also the rows of which nothing was seen
    findingsAll: boolean;
    open: Open | undefined;
    theme: "" | "light" | "dark";
    said: string; // to screen readers, and shown for a moment
    printing: boolean; // paper scrolls nowhere
}

let state: State = {
    live: undefined,
    model: undefined,
    grid: undefined,
    trouble: "",
    query: "",
    verdicts: new Set(),
    cell: undefined,
    axis: "roles",
    sort: { by: "verdict", down: false },
    rowsAll: false,
    findingsAll: false,
    open: undefined,
    theme: "",
    said: "",
    printing: false,
};

let changed = (): void => {};

export const now = (): State => state;

export const onChange = (call: () => void): void => {
    changed = call;
};

export function choose(part: Partial<State>): void {
    state = { ...state, ...part };
    changed();
}

let silence = 0;

export function say(text: string): void {
    choose({ said: text });
    clearTimeout(silence);
    silence = window.setTimeout(() => choose({ said: "" }), 2500);
}

// All words must occur.
export function matches(query: string, text: () => string): boolean {
    return words(query).every((word) => text().includes(word));
}

const words = (query: string): string[] => query.toLowerCase().split(/\s+/).filter((word) => word !== "");

let kept: { of: unknown[]; talks: Talk[] } = { of: [], talks: [] };

// The conversations that are shown, sorted; made again only when something that matters has changed.
export function shownTalks(s: State, compare: (sort: Sort) => (a: Talk, b: Talk) => number): Talk[] {
    const of = [s.model, s.grid, s.query, s.verdicts, s.cell, s.sort];
    if (kept.of.length === of.length && of.every((value, i) => value === kept.of[i])) return kept.talks;
    const cell = cellTalks(s);
    const wanted = words(s.query);
    const talks = (s.model?.talks ?? []).filter(
        (talk) =>
            (s.verdicts.size === 0 || s.verdicts.has(talk.data.verdict)) &&
            (cell === undefined || cell.has(talk)) &&
            wanted.every((word) => talk.text().includes(word)),
    );
    talks.sort(compare(s.sort));
    kept = { of, talks };
    return talks;
}

const cellOf = (s: State) => (s.cell !== undefined ? s.grid?.cell(s.cell.from, s.cell.to) : undefined);

const cellTalks = (s: State): Set<Talk> | undefined => (s.cell === undefined ? undefined : new Set(cellOf(s)?.talks));

export function shownRows(s: State): Row[] {
    const rows = s.model?.rows ?? [];
    const cell = s.cell === undefined ? undefined : new Set(cellOf(s)?.rows);
    const asked = s.query !== "" || cell !== undefined;
    return rows.filter(
        (row) =>
            (s.rowsAll || asked || isTold(row)) && (cell === undefined || cell.has(row)) && matches(s.query, row.text),
    );
}

// Something can be said of it: it was seen, or should have been.
export const isTold = (row: Row): boolean => !["not-exercised", "not-applicable"].includes(row.data.verdict);

export const filtered = (s: State): boolean => s.query !== "" || s.verdicts.size > 0 || s.cell !== undefined;
