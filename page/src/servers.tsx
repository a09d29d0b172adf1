// Servers by weakness, as the audit ranked them; one opens to its weaknesses, with evidence, and its conversations.
import type { JSX } from "preact";
import { openServer } from "./answers";
import { Part } from "./app";
import type { Audit, Weakness } from "./audit";
import { copy, csv } from "./csv";
import { count, counted, within } from "./format";
import { Frames, Severity } from "./findings";
import { Verdict } from "./icon";
import { byVerdict, portText, type Model, type Server, type Talk } from "./model";
import { choose, matches, now, say } from "./state";

const SHOWN = 40, LISTED = 200;

const kinds: Record<string, string> = {
    "clear-password": "Passwords in clear",
    "not-encrypted": "No encryption",
    "signed-only": "Signed, but not encrypted",
    "old-tls": "Old TLS",
    "weak-ticket": "Weak Kerberos tickets",
    authentication: "Authentication that its row does not list",
    certificate: "Doubtful certificate",
};

const kindText = (kind: string): string => kinds[kind] ?? kind;

function ServerLine({ server, place }: { server: Server; place: number }): JSX.Element {
    const s = server.data;
    return (
        <tr class="row" onClick={() => openServer(server)}>
            <td class="number">{place}</td>
            <th scope="row"><button type="button" class="name" onClick={(event) => { event.stopPropagation(); openServer(server); }}>{s.name}</button>
                <span class="muted small">{server.roles.join(", ")}</span></th>
            {(["high", "medium", "info"] as const).map((word) => (
                <td key={word} class={s[word] > 0 ? "number" : "number none"} data-label={word}>{s[word] > 0 ? count(s[word]) : <span class="muted">–</span>}</td>
            ))}
            <td class="reasons">{s.reasons}</td>
            <td class="number" data-label="weak conversations">{count(s.weak_conversations)} of {count(s.conversations)}</td>
        </tr>
    );
}

async function copyServers(servers: Server[]): Promise<void> {
    const heads = ["server", "roles", "severity", "kind", "port", "what", "conversations", "flows", "first", "source", "frame"];
    const lines = servers.flatMap(({ data, roles }) => data.weaknesses.map((w) => [data.name, roles.join(" "), w.severity, w.kind,
        portText(w.transport, w.port), w.what, w.conversations, w.flows, w.first, w.evidence.source, w.evidence.frame]));
    say((await copy(csv(heads, lines))) ? `${lines.length} weaknesses copied as CSV` : "The browser does not let this page copy");
}

export function Servers({ model }: { model: Model }): JSX.Element {
    const { query } = now();
    const servers = model.servers.filter((server) => matches(query, server.text));
    const tools = servers.length > 0 && <button type="button" class="quiet" onClick={() => void copyServers(servers)}>Copy as CSV</button>;
    return (
        <Part id="servers" title="Servers by weakness" tools={tools}
            lead={servers.length === 0 ? (query === "" ? "No weakness was read of any server." : "No weak server holds these words.")
                : "The weakest first: a weakness counts once for each port, however many clients meet it. Open one for its evidence."}>
            {servers.length > 0 && (
                <table class="rows servers">
                    <thead>
                        <tr>
                            <th scope="col" class="number"><span class="aside">Place</span></th><th scope="col">Server</th>
                            <th scope="col" class="number">High</th><th scope="col" class="number">Medium</th><th scope="col" class="number">Info</th>
                            <th scope="col">Why</th><th scope="col" class="number">Weak conv.</th>
                        </tr>
                    </thead>
                    <tbody>
                        {servers.slice(0, SHOWN).map((server) => <ServerLine key={server.key} server={server} place={model.servers.indexOf(server) + 1} />)}
                    </tbody>
                </table>
            )}
            {servers.length > SHOWN && <p class="lead">The first {SHOWN} of {count(servers.length)}; filter to see others. Copy as CSV has all.</p>}
        </Part>
    );
}

function openTalk(talk: Talk): void {
    const { open } = now();
    choose({ open: { kind: "talk", key: talk.key, ...(open !== undefined && { from: open }) } });
}

function WeaknessLine({ weakness: w, talk, window }: { weakness: Weakness; talk: Talk | undefined; window: Audit["window"] }): JSX.Element {
    return (
        <li>
            <p>
                <Severity word={w.severity} /> <b>{kindText(w.kind)}</b> on <span class="mono">{portText(w.transport, w.port)}</span>: {w.what}
            </p>
            <p class="small muted">
                {counted(w.conversations, "conversation", "conversations")}, {counted(w.flows, "flow", "flows")}, first at {within(window, w.first)} UTC. <Frames of={[w.evidence]} />{" "}
                {talk !== undefined && <button type="button" class="link" onClick={() => openTalk(talk)}>Show the conversation</button>}
            </p>
        </li>
    );
}

export function ServerDetail({ server, model }: { server: Server; model: Model }): JSX.Element {
    const talks = [...server.talks].sort(byVerdict);
    const talkAt = (w: Weakness): Talk | undefined => talks.find((talk) => talk.data.port === w.port && talk.data.transport === w.transport &&
        (talk.data.facts["tls.certificate_names"] !== undefined || w.kind !== "certificate"));
    const advice = [...new Set(model.findings.filter((f) => f.talk?.server === server.data.name && f.data.verdict === "deviating").map((f) => f.data.advice))];
    return (
        <>
            <p class="muted">{[server.addresses.join(", "), server.roles.join(", ")].filter((text) => text !== "").join("; ")}</p>
            <h3>{counted(server.data.weaknesses.length, "weakness", "weaknesses")}, in {count(server.data.weak_conversations)} of {counted(server.data.conversations, "conversation", "conversations")}</h3>
            <ul class="sessions">
                {server.data.weaknesses.slice(0, LISTED).map((w) => <WeaknessLine key={`${w.kind}|${w.transport}|${w.port}|${w.what}`} weakness={w} talk={talkAt(w)} window={model.audit.window} />)}
            </ul>
            {server.data.weaknesses.length > LISTED && <p class="lead">The first {LISTED} of {count(server.data.weaknesses.length)}; Copy as CSV has all.</p>}
            {advice.length > 0 && <h3>What to do</h3>}
            <ul class="advices">{advice.slice(0, LISTED).map((text) => <li key={text} class="advice">{text}</li>)}</ul>
            <h3>{counted(talks.length, "conversation", "conversations")} with it</h3>
            <ul class="lines">
                {talks.slice(0, LISTED).map((talk) => (
                    <li key={talk.key}>
                        <button type="button" onClick={() => openTalk(talk)}>
                            <Verdict word={talk.data.verdict} probable={talk.data.probable} />
                            <span class="grow">{talk.client} → <b class="mono">{talk.port}</b> {talk.service}</span>
                            <span class="muted">{counted(talk.data.flows, "flow", "flows")}</span>
                        </button>
                    </li>
                ))}
            </ul>
            {talks.length > LISTED && <p class="lead">The first {LISTED} of {count(talks.length)}.</p>}
        </>
    );
}
