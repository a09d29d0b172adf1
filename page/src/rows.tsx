// The rows of the table as its reference prints them, and what was seen of each beside.
import type { JSX } from "preact";
import { Part } from "./app";
import type { Path } from "./audit";
import { copy, csv } from "./csv";
import { bytes, count } from "./format";
import { Verdict } from "./icon";
import type { Model, Row } from "./model";
import { choose, isTold, matches, now, say, shownRows } from "./state";
import { byRank } from "./verdicts";

const NOTHING_READ = "not readable";

const said = (text: string): string => (text === "" || text === "-" ? "–" : text);

// The words of the reference, else ours.
export function expectedOf(p: Path): { ports: string; authentication: string; encryption: string } {
    const words = p.expected.encryption.supported.join(", ");
    return {
        ports: said(p.cells.ports || p.ports.join(", ")),
        authentication: said(p.cells.default_authentication || p.expected.authentication.default.join(", ")),
        encryption: said(
            (p.cells.encryption || (words === "" ? "" : `${words}${p.expected.encryption.default === "yes" ? ", by default" : ""}`)) +
                (p.expected.encryption.floor ? `, ${p.expected.encryption.floor} at least` : ""),
        ),
    };
}

export function observedOf(row: Row): { ports: string; authentication: string; encryption: string } {
    const p = row.data;
    const ports = p.ports_seen.length > 0 ? p.ports_seen : [...new Set(row.talks.map((talk) => talk.port))].slice(0, 8);
    const nothing = row.talks.length === 0 && p.conversations === 0 ? "" : NOTHING_READ;
    return {
        ports: said(ports.join(", ")),
        authentication: said(p.authentication.join(", ") || nothing),
        encryption: said(p.encryption.join(", ") || nothing),
    };
}

// Observed words of a row that deviates which its table does not list: these are the ones to look at.
export function Words({ row, kind }: { row: Row; kind: "ports" | "authentication" | "encryption" }): JSX.Element {
    const p = row.data, text = observedOf(row)[kind];
    if (kind === "ports" || p.verdict !== "deviating" || p[kind].length === 0) return <>{text}</>;
    const { authentication, encryption } = p.expected;
    const fits = kind === "encryption" ? encryption.supported : [...authentication.default, ...authentication.supported];
    const odd = (word: string): boolean => fits.length > 0 && !fits.includes("any") && !fits.some((fit) => word === fit || word.startsWith(`${fit}v`));
    return <>{p[kind].map((word, i) => <span key={word}>{i > 0 && ", "}{odd(word) ? <mark title="not what the table lists">{word}</mark> : word}</span>)}</>;
}

const kinds = [["ports", "Ports"], ["authentication", "Authentication"], ["encryption", "Encryption"]] as const;

function RowLine({ row }: { row: Row }): JSX.Element {
    const p = row.data;
    const expected = expectedOf(p), observed = observedOf(row);
    return (
        <tr class="row" onClick={() => choose({ open: { kind: "row", key: row.key } })}>
            <td data-label="Verdict"><Verdict word={p.verdict} probable={p.probable} /></td>
            <th scope="row">
                <button type="button" class="name" onClick={(event) => { event.stopPropagation(); choose({ open: { kind: "row", key: row.key } }); }}>{p.name}</button>
                <span class="muted small">{p.from} → {p.to}</span>
                {p.reason !== "" && <span class="muted small reason">{p.reason}</span>}
            </th>
            <td class="beside" data-label="Expected and observed">
                <dl>
                    {kinds.map(([kind, name]) => (
                        <div key={kind}>
                            <dt>{name}</dt>
                            <dd>{expected[kind]}</dd>
                            <dd class={observed[kind] === "–" || observed[kind] === NOTHING_READ ? "observed nothing" : "observed"}><Words row={row} kind={kind} /></dd>
                        </div>
                    ))}
                </dl>
            </td>
            <td class="number" data-label="Conversations">{p.conversations > 0 ? count(p.conversations) : "–"}</td>
            <td class="number" data-label="Bytes">{p.bytes > 0 ? bytes(p.bytes) : "–"}</td>
        </tr>
    );
}

async function copyRows(rows: Row[]): Promise<void> {
    const columns = ["table", "id", "name", "from", "to", "verdict", "reason", "required", "expected ports", "observed ports",
        "expected authentication", "observed authentication", "expected encryption", "observed encryption", "conversations", "bytes"];
    const lines = rows.map((row) => {
        const p = row.data, e = expectedOf(p), o = observedOf(row);
        return [p.table, p.id, p.name, p.from, p.to, p.verdict, p.reason, p.required, e.ports, o.ports, e.authentication,
            o.authentication, e.encryption, o.encryption, p.conversations, p.bytes];
    });
    say((await copy(csv(columns, lines))) ? `${rows.length} rows copied as CSV` : "The browser does not let this page copy");
}

// The rules that the reference names for a firewall of the host itself, and whether traffic needed them.
function Firewall({ model }: { model: Model }): JSX.Element | null {
    const { query, printing } = now();
    const rules = model.audit.rules.filter((rule) => matches(query, () => `${rule.id} ${rule.name} ${rule.verdict}`.toLowerCase()));
    const used = rules.filter((rule) => rule.verdict === "used");
    if (rules.length === 0) return null;
    return (
        <details class="firewall" open={printing && used.length > 0}>
            <summary><h3>{rules.length} firewall rules of the table, {used.length} used</h3></summary>
            <table class="plain">
                <thead><tr><th scope="col">Rule</th><th scope="col">Verdict</th><th scope="col" class="number">Conv.</th></tr></thead>
                <tbody>
                    {[...used, ...(printing ? [] : rules.filter((rule) => rule.verdict !== "used"))].map((rule) => (
                        <tr key={`${rule.table}/${rule.id}`}>
                            <th scope="row">{rule.name}</th><td class={rule.verdict === "used" ? undefined : "muted"}>{rule.verdict}</td>
                            <td class="number" data-label="Conversations">{count(rule.conversations)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </details>
    );
}

export function Rows({ model }: { model: Model }): JSX.Element {
    const s = now();
    const rows = shownRows(s).sort((a, b) => byRank(a.data.verdict, b.data.verdict));
    const silent = model.rows.filter((row) => !isTold(row)).length;
    const tools = (
        <>
            {silent > 0 && (
                <label class="check">
                    <input type="checkbox" checked={s.rowsAll} onChange={(event) => choose({ rowsAll: event.currentTarget.checked })} />
                    also the {silent} that were not exercised or do not apply
                </label>
            )}
            <button type="button" class="quiet" onClick={() => void copyRows(rows)}>Copy as CSV</button>
        </>
    );
    return (
        <Part id="rows" title="Rows of the table" tools={tools}
            lead={rows.length === 0 ? "No row to show here." : "What the table expects, as its reference prints it, and what was observed beside it."}>
            {rows.length > 0 && (
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">Verdict</th><th scope="col">Row</th>
                            <th scope="col"><span class="heads"><span>Expected</span><span class="observed">Observed</span></span></th>
                            <th scope="col" class="number">Conv.</th><th scope="col" class="number">Bytes</th>
                        </tr>
                    </thead>
                    <tbody>{rows.map((row) => <RowLine key={row.key} row={row} />)}</tbody>
                </table>
            )}
            <Firewall model={model} />
        </Part>
    );
}
