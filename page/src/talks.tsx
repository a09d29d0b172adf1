// All conversations: sorted by any column, only the lines in sight made. One tab stop; arrow keys walk, Enter opens.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Part } from "./app";
import type { Audit } from "./audit";
import { compareTalks, isDescending, protection, rowText } from "./columns";
import { copy, csv } from "./csv";
import { bytes, count, counted, isOneDay, withinShort } from "./format";
import { Verdict } from "./icon";
import type { Model, Talk } from "./model";
import { choose, matches, now, say, shownTalks } from "./state";
import { useLines } from "./virtual";

const columns: [string, string, string?][] = [
    ["verdict", "Verdict"], ["client", "Client"], ["server", "Server"], ["port", "Port"], ["service", "Protocol"],
    ["row", "Row, or why none fits"], ["protection", "Protected by"], ["flows", "Flows", "number"],
    ["bytes", "Bytes", "number"], ["first", "First", "number"],
];

const PAPER = 300;

type Window = Audit["window"];

function ColumnHead({ by, name, kind }: { by: string; name: string; kind: string | undefined }): JSX.Element {
    const { sort } = now();
    const mine = sort.by === by;
    return (
        <span role="columnheader" class={`${by} ${kind ?? ""}`} aria-sort={mine ? (isDescending(sort) ? "descending" : "ascending") : "none"}>
            <button type="button" onClick={() => choose({ sort: { by, down: mine && !sort.down } })}>
                {name}<i aria-hidden="true">{mine ? (isDescending(sort) ? " ↓" : " ↑") : ""}</i>
            </button>
        </span>
    );
}

function Line({ talk, place, active, window }: { talk: Talk; place: number; active: boolean; window: Window }): JSX.Element {
    return (
        <div role="row" id={`talk-${place}`} aria-rowindex={place + 2} class={active ? "line active" : "line"}
            onClick={() => choose({ open: { kind: "talk", key: talk.key } })}>
            <span role="gridcell" class="verdict-cell"><Verdict word={talk.data.verdict} probable={talk.data.probable} /></span>
            <span role="gridcell" class="client" title={talk.data.client}>{talk.client}</span>
            <span role="gridcell" class="server" title={talk.data.server}>{talk.server}</span>
            <span role="gridcell" class="port mono">{talk.port}</span>
            <span role="gridcell" class="service" title={talk.service}>{talk.service}</span>
            <span role="gridcell" class={talk.rows.length > 0 ? "row-text" : "row-text muted"} title={rowText(talk)}>{rowText(talk)}</span>
            <span role="gridcell" class="protection" title={protection(talk)}>{protection(talk)}</span>
            <span role="gridcell" class="number flows">{count(talk.data.flows)}{talk.failed > 0 && <em title="failed"> {count(talk.failed)}✕</em>}</span>
            <span role="gridcell" class="number bytes">{bytes(talk.bytes)}</span>
            <span role="gridcell" class="number first">{withinShort(window, talk.data.first)}</span>
        </div>
    );
}

// Lines are higher where they stand in two rows.
function useNarrow(): boolean {
    const [narrow, turn] = useState(() => matchMedia("(max-width: 760px)").matches);
    useEffect(() => {
        const media = matchMedia("(max-width: 760px)");
        const change = (): void => turn(media.matches);
        media.addEventListener("change", change);
        return () => media.removeEventListener("change", change);
    }, []);
    return narrow;
}

function Grid({ talks, window }: { talks: Talk[]; window: Window }): JSX.Element {
    const box = useRef<HTMLDivElement | null>(null);
    const [active, setActive] = useState(-1);
    const { printing } = now();
    const lines = useLines(talks.length, useNarrow() ? 68 : 36, box);
    const walk = (event: KeyboardEvent): void => {
        const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -talks.length, End: talks.length };
        const step = steps[event.key], talk = talks[active];
        if (event.target !== box.current) return;
        if (event.key === "Enter" && talk !== undefined) {
            event.preventDefault(); // else the panel's first button, which gets the focus, is pressed by the same key
            choose({ open: { kind: "talk", key: talk.key } });
        }
        if (step === undefined) return;
        event.preventDefault();
        const next = Math.max(0, Math.min(talks.length - 1, active + step));
        setActive(next);
        lines.scrollToIndex(next);
    };
    const items = lines.getVirtualItems();
    const paper = talks.slice(0, PAPER);
    return (
        <div class={isOneDay(window) ? "talks" : "talks days"} ref={box} style={{ "--lines": talks.length }} role="grid" tabIndex={0} aria-label="Conversations" aria-rowcount={talks.length + 1}
            aria-activedescendant={active >= 0 ? `talk-${active}` : undefined} onKeyDown={walk}>
            <div role="row" class="line heads" aria-rowindex={1}>
                {columns.map(([by, name, kind]) => <ColumnHead key={by} by={by} name={name} kind={kind} />)}
            </div>
            {printing && paper.map((talk, i) => <Line key={talk.key} talk={talk} place={i} active={false} window={window} />)}
            {!printing && (
                <div role="rowgroup" class="all" style={{ height: `${lines.getTotalSize()}px` }}>
                    <div role="presentation" style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
                        {items.map(({ index }) => {
                            const talk = talks[index];
                            return talk && <Line key={talk.key} talk={talk} place={index} active={index === active} window={window} />;
                        })}
                    </div>
                </div>
            )}
        </div>
    );
}

async function copyTalks(talks: Talk[]): Promise<void> {
    const heads = ["verdict", "client", "client_name", "server", "server_name", "transport", "port", "protocol", "services", "rows",
        "nearest row", "why not", "authentication", "encryption", "flows", "failed flows", "bytes_to_server", "bytes_to_client", "first", "last"];
    const lines = talks.map((talk) => {
        const c = talk.data;
        return [c.verdict, c.client, c.client_name, c.server, c.server_name, c.transport, c.port, c.protocol, c.services.join(" "),
            c.paths.join(" "), c.nearest.path, c.nearest.why, talk.authentication, talk.encryption, c.flows, talk.failed,
            c.bytes_to_server, c.bytes_to_client, c.first, c.last];
    });
    say((await copy(csv(heads, lines))) ? `${counted(talks.length, "conversation", "conversations")} copied as CSV`
        : "The browser does not let this page copy");
}

function Scans({ model }: { model: Model }): JSX.Element | null {
    const { query } = now();
    const scans = model.audit.scans.filter((scan) => matches(query, () => `${scan.client} ${scan.client_name} scan`.toLowerCase()));
    if (scans.length === 0) return null;
    return (
        <ul class="scans">
            {scans.map((scan) => (
                <li key={`${scan.client}|${scan.transport}`}>
                    <Verdict word={scan.verdict} /> <b>{scan.client_name || scan.client}</b> tried {scan.more_hosts ? "more than " : ""}
                    {counted(scan.hosts, "host", "hosts")} on {scan.more_ports ? "more than " : ""}
                    {counted(scan.ports, `${scan.transport} port`, `${scan.transport} ports`)} in vain, {counted(scan.flows, "flow", "flows")} from {withinShort(model.audit.window, scan.first)} to {withinShort(model.audit.window, scan.last)}
                </li>
            ))}
        </ul>
    );
}

export function Talks({ model }: { model: Model }): JSX.Element {
    const s = now();
    const talks = shownTalks(s, compareTalks);
    const tools = <button type="button" class="quiet" onClick={() => void copyTalks(talks)}>Copy as CSV</button>;
    return (
        <Part id="talks" title="Conversations" tools={tools}
            lead={`Who talked to whom, worst first: what fits no row says which came nearest, and why it is not that. ${talks.length === model.talks.length ? counted(talks.length, "conversation", "conversations") : `${count(talks.length)} of ${count(model.talks.length)} conversations`}.`}>
            <Scans model={model} />
            {s.printing && talks.length > PAPER && <p class="lead">The first {PAPER} on paper.</p>}
            <Grid talks={talks} window={model.audit.window} />
        </Part>
    );
}
