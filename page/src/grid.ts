// The matrix: who (down) to whom (across), by role or by host, each cell with its rows of the table and its
// conversations. Conversations of a row stand where the row has its roles; what fits no row stands under all that the
// host is. An axis is kept to a size that can be read: what has least trouble is put together.
import type { Model, Row, Talk } from "./model";
import type { Axis } from "./state";
import { rank } from "./verdicts";

export interface GridCell {
    verdict: string; // the worst
    rows: Row[];
    talks: Talk[];
}

export interface Grid {
    from: string[];
    to: string[];
    cell(from: string, to: string): GridCell | undefined;
}

const MOST = 32;
export const OTHERS = "all others";
export const NO_ROLE = "no role";

type Cells = Map<string, Map<string, GridCell>>;

function cellAt(cells: Cells, from: string, to: string): GridCell {
    let line = cells.get(from);
    if (line === undefined) cells.set(from, (line = new Map()));
    let cell = line.get(to);
    if (cell === undefined) line.set(to, (cell = { verdict: "", rows: [], talks: [] }));
    return cell;
}

function put(cell: GridCell, verdict: string, row?: Row, talk?: Talk): void {
    if (cell.verdict === "" || rank(verdict) < rank(cell.verdict)) cell.verdict = verdict;
    if (row !== undefined && !cell.rows.includes(row)) cell.rows.push(row);
    if (talk !== undefined && cell.talks[cell.talks.length - 1] !== talk) cell.talks.push(talk);
}

// What a host is in one word; hosts with the same several roles are one.
function groupNames(model: Model): (host: string) => string {
    const alike = new Map<string, string[]>();
    for (const [host, roles] of model.rolesOf) {
        const key = roles.join("+");
        alike.set(key, [...(alike.get(key) ?? []), host]);
    }
    return (host) => {
        const roles = model.rolesOf.get(host) ?? [];
        if (roles.length === 0) return NO_ROLE;
        if (roles.length <= 2) return roles.join(" + ");
        const hosts = alike.get(roles.join("+")) ?? [host];
        return `${hosts[0]}${hosts.length > 1 ? ` and ${hosts.length - 1} more` : ""} (${roles.length} roles)`;
    };
}

const split = (roles: string): string[] => roles.split(", ");

function byRoles(model: Model): Cells {
    const cells: Cells = new Map();
    const group = groupNames(model);
    const all = new Set([...model.rolesOf.values()].flat());
    const playing = (host: string, roles: string[]): string[] => {
        const has = model.rolesOf.get(host) ?? [];
        const played = roles.filter((role) => has.includes(role));
        return played.length > 0 ? played : roles.length === 1 ? roles : [group(host)];
    };
    const each = (from: string[], to: string[], verdict: string, row?: Row, talk?: Talk): void => {
        for (const f of from) for (const t of to) put(cellAt(cells, f, t), verdict, row, talk);
    };
    for (const row of model.rows) {
        const { from, to, pairs, verdict } = row.data;
        if (verdict === "not-applicable") continue;
        for (const pair of pairs) each(playing(pair.client, split(from)), playing(pair.server, split(to)), pair.verdict, row);
        const here = (roles: string): string[] => split(roles).filter((role) => all.has(role));
        if (pairs.length === 0) each(here(from), here(to), verdict, row);
    }
    for (const talk of model.talks) {
        const verdict = talk.data.verdict;
        if (verdict === "out-of-scope") continue;
        for (const { data } of talk.rows)
            each(playing(talk.client, split(data.from)), playing(talk.server, split(data.to)), verdict, undefined, talk);
        if (talk.rows.length === 0) each([group(talk.client)], [group(talk.server)], verdict, undefined, talk);
    }
    return cells;
}

function byHosts(model: Model): Cells {
    const cells: Cells = new Map();
    for (const row of model.rows)
        for (const pair of row.data.pairs) put(cellAt(cells, pair.client, pair.server), pair.verdict, row);
    for (const talk of model.talks)
        if (talk.data.verdict !== "out-of-scope")
            put(cellAt(cells, talk.client, talk.server), talk.data.verdict, undefined, talk);
    return cells;
}

// Those with the worst verdicts and most conversations, by name; the rest has one place at the end.
function axisOf(cells: Cells, nameOf: (from: string, to: string) => string): { names: string[]; place: (name: string) => string } {
    const weight = new Map<string, number>();
    for (const [from, line] of cells)
        for (const [to, cell] of line) {
            const name = nameOf(from, to);
            weight.set(name, (weight.get(name) ?? 0) + cell.talks.length + 1e6 / (1 + rank(cell.verdict)));
        }
    const heaviest = [...weight.keys()].sort((a, b) => (weight.get(b) ?? 0) - (weight.get(a) ?? 0) || (a < b ? -1 : 1));
    if (heaviest.length <= MOST) return { names: heaviest.sort(inOrder), place: (name) => name };
    const kept = new Set(heaviest.slice(0, MOST - 1));
    return { names: [...[...kept].sort(inOrder), OTHERS], place: (name) => (kept.has(name) ? name : OTHERS) };
}

const inOrder = (a: string, b: string): number =>
    Number(a === NO_ROLE) - Number(b === NO_ROLE) || a.localeCompare(b, "en", { numeric: true });

export function gridOf(model: Model, axis: Axis): Grid {
    const cells = axis === "roles" ? byRoles(model) : byHosts(model);
    const from = axisOf(cells, (name) => name);
    const to = axisOf(cells, (_, name) => name);
    const small: Cells = new Map();
    for (const [f, line] of cells)
        for (const [t, cell] of line) {
            const into = cellAt(small, from.place(f), to.place(t));
            put(into, cell.verdict);
            for (const row of cell.rows) put(into, cell.verdict, row);
            into.talks = into.talks.length === 0 ? cell.talks : [...new Set([...into.talks, ...cell.talks])];
        }
    return { from: from.names, to: to.names, cell: (f, t) => small.get(f)?.get(t) };
}
