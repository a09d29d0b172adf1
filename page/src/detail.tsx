// What is known of one conversation, one row or one server, in a panel at the side. Escape closes it, and the focus goes back to
// where it was.
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Frames } from "./findings";
import { rowText } from "./columns";
import { bytes, count, counted, window, within } from "./format";
import { Verdict } from "./icon";
import { byVerdict, type Model, type Row, type Talk } from "./model";
import { expectedOf, observedOf, Words } from "./rows";
import { ServerDetail } from "./servers";
import { choose, now } from "./state";

const LISTED = 200;

const Cut = ({ of }: { of: number }): JSX.Element | null => (of > LISTED ? <p class="lead">The first {LISTED} of {count(of)}.</p> : null);

function Facts({ of }: { of: [string, ComponentChildren][] }): JSX.Element {
    const told = of.filter(([, value]) => value !== "" && value !== undefined && value !== null);
    return <dl class="pairs">{told.map(([term, value]) => <div key={term}><dt>{term}</dt><dd>{value}</dd></div>)}</dl>;
}

function Sessions({ talk, model }: { talk: Talk; model: Model }): JSX.Element {
    const seen = model.audit.window;
    return (
        <ul class="sessions">
            {talk.data.sessions.map((s, i) => (
                <li key={i}>
                    <p><Verdict word={s.verdict} /> {counted(s.flows, "flow", "flows")} {s.disposition}{s.why !== "" && `: ${s.why}`}</p>
                    <Facts of={[
                        ["encryption", [s.encryption, s.protection].filter((t) => t !== "").join(", ") + (s.encryption_check !== "" ? ` (${s.encryption_check})` : "")],
                        ["authentication", s.authentication + (s.authentication_check !== "" ? ` (${s.authentication_check})` : "")],
                        ["from, to", `${within(seen, s.first)} to ${within(seen, s.last)} UTC`],
                        ["first packet", s.evidence.frame > 0 ? <Frames of={[s.evidence]} /> : ""],
                    ]} />
                </li>
            ))}
        </ul>
    );
}

const openRow = (row: Row): void => choose({ open: { kind: "row", key: row.key } });

// What the findings say of it comes first: it is what brought people here.
function Told({ talk, model }: { talk: Talk; model: Model }): JSX.Element {
    const findings = model.findings.filter((item) => item.talk === talk);
    return (
        <>
            {findings.map(({ data: f }) => (
                <div key={f.id} class="told">
                    <p><b>{f.subject}</b></p>
                    <p>{f.explain}</p>
                    {f.advice !== "" && <p class="advice"><b>Do:</b> {f.advice}</p>}
                    <p class="small muted"><Frames of={f.evidence} /></p>
                </div>
            ))}
        </>
    );
}

function TalkDetail({ talk, model }: { talk: Talk; model: Model }): JSX.Element {
    const c = talk.data;
    const address = (name: string, own: string): ComponentChildren => (name === own ? name : <>{name} <span class="mono muted">{own}</span></>);
    return (
        <>
            <p><Verdict word={c.verdict} probable={c.probable} /></p>
            <Told talk={talk} model={model} />
            <Facts of={[
                ["client", address(talk.client, c.client)],
                ["server", address(talk.server, c.server)],
                ["port", <span class="mono">{talk.port}</span>],
                ["protocol", talk.service],
                ["recognised by", c.recognised_by],
                ["nDPI says", c.second_opinion],
                ["tunnel", c.tunnel],
                ["match", c.match + (c.grade !== "" ? `, grade ${c.grade}` : "")],
                ["nearest miss", talk.rows.length === 0 ? rowText(talk) : ""],
                ["allowed by", c.allowed_by.join(", ")],
                ["seen", window(c.first, c.last)],
                ["to server", `${count(c.packets_to_server)} packets, ${bytes(c.bytes_to_server)}`],
                ["to client", `${count(c.packets_to_client)} packets, ${bytes(c.bytes_to_client)}`],
                ["missing", c.missing_bytes > 0 ? bytes(c.missing_bytes) : ""],
                ["client known by", c.client_decided_by],
            ]} />
            {talk.rows.length > 0 && <h3>{talk.rows.length === 1 ? "Its row" : "Rows that could own it"}</h3>}
            <ul class="lines">
                {talk.rows.map((row) => (
                    <li key={row.key}><button type="button" onClick={() => openRow(row)}><Verdict word={row.data.verdict} /><span class="grow">{row.data.name}</span></button></li>
                ))}
            </ul>
            <h3>{counted(c.flows, "flow", "flows")} in {counted(c.sessions.length, "class", "classes")}</h3>
            <Sessions talk={talk} model={model} />
            {Object.keys(c.facts).length > 0 && <h3>What was read</h3>}
            <Facts of={Object.entries(c.facts).map(([key, values]) => [key, values.join(", ")])} />
        </>
    );
}

function RowDetail({ row }: { row: Row }): JSX.Element {
    const p = row.data, expected = expectedOf(p), observed = observedOf(row);
    const talks = [...row.talks].sort(byVerdict);
    const left = p.pairs_left_out ?? 0, crowded = p.pairs_without_room ?? 0, pairs = p.pairs.length + left;
    return (
        <>
            <p><Verdict word={p.verdict} probable={p.probable} /> {p.reason}</p>
            <Facts of={[
                ["from", p.from], ["to", p.to], ["required", p.required],
                ["table", `${p.table}, ${p.section}`], ["source", p.source], ["id", <span class="mono">{p.id}</span>],
            ]} />
            <h3>Expected, and observed</h3>
            <table class="plain">
                <thead><tr><td /><th scope="col">Expected</th><th scope="col">Observed</th></tr></thead>
                <tbody>
                    <tr><th scope="row">Ports</th><td>{expected.ports}</td><td>{observed.ports}</td></tr>
                    <tr><th scope="row">Authentication</th><td>{expected.authentication}{p.cells.supported_authentication !== "" && <span class="muted"> Supported: {p.cells.supported_authentication}</span>}</td><td><Words row={row} kind="authentication" /></td></tr>
                    <tr><th scope="row">Encryption</th><td>{expected.encryption}{p.cells.encrypted_by_default !== "" && <span class="muted"> By default: {p.cells.encrypted_by_default}</span>}</td><td><Words row={row} kind="encryption" /></td></tr>
                </tbody>
            </table>
            {p.note !== "" && <p class="note">{p.note}</p>}
            {pairs > 0 && <h3>{counted(pairs, "pair", "pairs")} of hosts</h3>}
            <ul class="sessions">
                {p.pairs.slice(0, LISTED).map((pair) => (
                    <li key={`${pair.client}|${pair.server}`}><p><Verdict word={pair.verdict} /> {pair.client} → {pair.server}{pair.reason !== "" && `: ${pair.reason}`}</p></li>
                ))}
            </ul>
            <Cut of={p.pairs.length} />
            {left - crowded > 0 && <p class="lead">{counted(left - crowded, "more pair", "more pairs")} of hosts between which nothing was seen, too many to list.</p>}
            {crowded > 0 && <p class="lead">{counted(crowded, "more pair", "more pairs")} of hosts that there was no memory to list.</p>}
            {talks.length > 0 && <h3>{counted(talks.length, "conversation", "conversations")}</h3>}
            <ul class="lines">
                {talks.slice(0, LISTED).map((talk) => (
                    <li key={talk.key}>
                        <button type="button" onClick={() => choose({ open: { kind: "talk", key: talk.key } })}>
                            <Verdict word={talk.data.verdict} /><span class="grow">{talk.client} → {talk.server} <b class="mono">{talk.port}</b> {talk.service}</span>
                        </button>
                    </li>
                ))}
            </ul>
            <Cut of={talks.length} />
        </>
    );
}

export function Detail({ model }: { model: Model }): JSX.Element {
    const { open } = now();
    const box = useRef<HTMLDialogElement>(null);
    const talk = open?.kind === "talk" ? model.talkByKey.get(open.key) : undefined;
    const row = open?.kind === "row" ? model.rowByKey.get(open.key) : undefined;
    const server = open?.kind === "server" ? model.serverByKey.get(open.key) : undefined;
    const wanted = talk !== undefined || row !== undefined || server !== undefined;
    useLayoutEffect(() => {
        if (wanted && box.current?.open === false) box.current.showModal();
        if (!wanted && box.current?.open === true) box.current.close();
        if (!wanted) return;
        box.current?.scrollTo(0, 0);
        box.current?.querySelector("button")?.focus(); // what was pressed may be gone
    }, [open?.key, wanted]);
    const title = talk !== undefined ? `${talk.client} → ${talk.server} ${talk.port}` : (row?.data.name ?? server?.data.name ?? "");
    return (
        <dialog ref={box} class="detail" aria-label={title || "Details"} onClose={() => choose({ open: undefined })}
            onClick={(event) => event.target === box.current && choose({ open: undefined })}>
            {wanted && (
                <div class="panel">
                    {open?.from !== undefined && (
                        <p><button type="button" class="link" onClick={() => choose({ open: open.from })}><span aria-hidden="true">← </span>Back to {open.from.key}</button></p>
                    )}
                    <div class="title">
                        <h2>{title}</h2>
                        <button type="button" class="quiet" onClick={() => choose({ open: undefined })}>Close</button>
                    </div>
                    {talk !== undefined && <TalkDetail talk={talk} model={model} />}
                    {row !== undefined && <RowDetail row={row} />}
                    {server !== undefined && <ServerDetail server={server} model={model} />}
                </div>
            )}
        </dialog>
    );
}
