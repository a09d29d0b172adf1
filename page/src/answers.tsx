// The two questions people come with, answered before anything else: what does not get through, and which server is the
// weakest. Each answer opens what it stands on.
import type { JSX } from "preact";
import { goTo } from "./app";
import type { Audit, Session } from "./audit";
import { count as number, counted, within } from "./format";
import { Icon } from "./icon";
import type { Model, Server, Talk } from "./model";
import { choose } from "./state";

const LINES = 3, SERVERS = 3;

const PARTLY = "blocked at times";
const hows = ["blocked", "refused", PARTLY];

type Item = Model["findings"][number];

// What several clients meet at one port of one server.
interface Wall {
    key: string;
    how: string; // of `hows`
    talks: Talk[];
}

// How a conversation fails: all of it, or sometimes; "" where it does not, or the site puts up with it.
function shutOf(talk: Talk, excepted: Set<Talk | undefined>): string {
    if (excepted.has(talk)) return "";
    if (["blocked", "refused"].includes(talk.data.verdict)) return talk.data.verdict;
    return talk.data.sessions.some((s) => s.verdict === "blocked") ? PARTLY : "";
}

function wallsOf(model: Model): Wall[] {
    const excepted = new Set(model.findings.filter((item) => item.data.excepted !== "").map((item) => item.talk));
    const walls = new Map<string, Wall>();
    for (const talk of model.talks) {
        const how = shutOf(talk, excepted), key = `${talk.data.server}|${talk.port}|${how}`;
        if (how === "") continue;
        const wall = walls.get(key);
        if (wall === undefined) walls.set(key, { key, how, talks: [talk] });
        else wall.talks.push(talk);
    }
    return [...walls.values()].sort((a, b) => hows.indexOf(a.how) - hows.indexOf(b.how) || b.talks.length - a.talks.length);
}

// What failed without a conversation to show for it: a call without media, a row that was never attempted.
function brokenOf(model: Model, walls: Wall[]): Item[] {
    const shown = new Set(walls.flatMap((wall) => wall.talks));
    return model.findings.filter(({ data: f, talk, row }) => ["broken-chain", "failing", "missing"].includes(f.verdict) && f.severity !== "info" && f.excepted === "" &&
        !(talk !== undefined && shown.has(talk)) && !(f.verdict === "failing" && (row?.talks ?? []).some((one) => shown.has(one))));
}

const ends: Record<string, string> = {
    unanswered: "no answer", refused: "reset or refused", prohibited: "prohibited by a filter", unreachable: "host unreachable",
    "app-denied": "denied by the application",
};

const earliest = (sessions: Session[]): Session | undefined =>
    sessions.filter((s) => s.disposition in ends).sort((a, b) => (a.first < b.first ? -1 : 1))[0];

// "no answer since 13:12:55 UTC (demo.pcap frame 316)"
function proof(wall: Wall, audit: Audit): string {
    const first = earliest(wall.talks.flatMap((talk) => talk.data.sessions));
    if (first === undefined) return "";
    const { frame, source } = first.evidence;
    return `${ends[first.disposition]} since ${within(audit.window, first.first)} UTC${frame > 0 ? ` (${source} frame ${frame})` : ""}`;
}

const told = (talk: Talk): string =>
    talk.data.grade !== "A" ? "" : `${talk.server} itself had sent ${talk.client} to this port`;

function openWall(wall: Wall): void {
    const [talk] = wall.talks;
    if (talk === undefined) return;
    if (wall.talks.length === 1) return choose({ open: { kind: "talk", key: talk.key } });
    choose({ query: `${talk.server} ${talk.port}`, verdicts: new Set(wall.talks.map((one) => one.data.verdict)) });
    goTo("talks");
}

function WallLine({ wall, audit }: { wall: Wall; audit: Audit }): JSX.Element | null {
    const [talk] = wall.talks;
    if (talk === undefined) return null;
    const others = wall.talks.length - 1, service = talk.data.services.join(", ") || talk.data.protocol;
    return (
        <li>
            <button type="button" class="answer-line" onClick={() => openWall(wall)}>
                <span class="answer-name">
                    {talk.client}{others > 0 && ` and ${counted(others, "other", "others")}`} <span class="arrow" role="img" aria-label="to">→</span> {talk.server} <span class="mono">{talk.port}</span>
                </span>
                <span class="answer-go">Show why</span>
                <span class="answer-why">{service !== "" && <b>{service}: </b>}{[proof(wall, audit), told(talk)].filter((text) => text !== "").join("; ")}</span>
            </button>
        </li>
    );
}

function openItem({ talk, row }: Item): void {
    if (talk !== undefined) choose({ open: { kind: "talk", key: talk.key } });
    else if (row !== undefined) choose({ open: { kind: "row", key: row.key } });
    else goTo("findings");
}

function BrokenLine({ item }: { item: Item }): JSX.Element {
    return (
        <li>
            <button type="button" class="answer-line" onClick={() => openItem(item)}>
                <span class="answer-name">{item.data.subject}</span><span class="answer-go">Show why</span>
            </button>
        </li>
    );
}

function showShut(): void {
    choose({ verdicts: new Set(["blocked", "refused"]) });
    goTo("talks");
}

const are = (n: number, how: string): string => `${counted(n, "path is", "paths are")} ${how}`;

// What nobody could judge might be anything, and what the site puts up with is there all the same: where there is such,
// nothing is called good.
function hiddenIn({ audit }: Model): string {
    const unjudged = (audit.summary.conversations["undetermined"] ?? 0) + (audit.summary.conversations["unclassified"] ?? 0);
    const rows = audit.summary.paths["unobservable"] ?? 0;
    if (unjudged > 0) return `But ${counted(unjudged, "conversation", "conversations")} could not be judged.`;
    if (rows > 0) return `But ${counted(rows, "row", "rows")} could not be observed.`;
    const excepted = audit.findings.filter((f) => f.excepted !== "").length;
    return excepted > 0 ? `But the site file excepts ${counted(excepted, "finding", "findings")}.` : "";
}

function Blocked({ model }: { model: Model }): JSX.Element {
    const walls = wallsOf(model), broken = brokenOf(model, walls), good = walls.length + broken.length === 0;
    const count = (how: string): number => walls.reduce((n, wall) => n + (wall.how === how ? wall.talks.length : 0), 0);
    const total = count("blocked") + count("refused");
    const parts = hows.filter((how) => count(how) > 0).map((how) => are(count(how), how));
    const missing = broken.filter((item) => item.data.verdict === "missing").length;
    if (broken.length > missing) parts.push(are(broken.length - missing, "broken"));
    if (missing > 0) parts.push(are(missing, "missing"));
    const shown = walls.slice(0, LINES), hidden = hiddenIn(model), look = !good ? "bad" : hidden === "" ? "good" : "doubt";
    return (
        <section id="blocked" class={`answer ${look}`} aria-labelledby="blocked-title">
            <h2 id="blocked-title"><Icon of={look} /> {good ? "No blocked path was seen" : parts.join(", ")}</h2>
            {good && <p class="answer-why">{hidden || "Whatever a row expects, and somebody tried, got an answer."}</p>}
            {!good && (
                <ul>
                    {shown.map((wall) => <WallLine key={wall.key} wall={wall} audit={model.audit} />)}
                    {broken.slice(0, LINES - shown.length).map((item) => <BrokenLine key={item.data.id} item={item} />)}
                </ul>
            )}
            {walls.length + broken.length > LINES && (
                <p class="answer-why">
                    All of them: under <a href="#findings">What needs attention</a>
                    {total > 0 && <>, and <button type="button" class="link" onClick={showShut}>{counted(total, "conversation", "conversations")}</button></>}.
                </p>
            )}
        </section>
    );
}

export const openServer = (server: Server): void => choose({ open: { kind: "server", key: server.key } });

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

// "2 high, 1 medium"
export function severities({ data }: Server): string {
    const parts = (["high", "medium", "low"] as const).filter((word) => data[word] > 0).map((word) => `${number(data[word])} ${word}`);
    return parts.join(", ") || "for information";
}

function Weakest({ model }: { model: Model }): JSX.Element {
    const weak = model.servers.filter((server) => server.data.weak_conversations > 0);
    const [first, ...others] = weak;
    const hidden = hiddenIn(model), look = first !== undefined ? "weak" : hidden === "" ? "good" : "doubt";
    return (
        <section id="weakest" class={`answer ${look}`} aria-labelledby="weakest-title">
            <h2 id="weakest-title">
                <Icon of={look} /> {first === undefined ? "No weak server was seen" : <>Weakest server: {first.data.name}</>}
            </h2>
            {first === undefined
                ? <p class="answer-why">{hidden || "No password was read in clear, and nothing weaker than a row expects."}</p>
                : (
                    <ul>
                        <li>
                            <button type="button" class="answer-line" onClick={() => openServer(first)}>
                                <span class="answer-name">{severities(first)}</span>
                                <span class="answer-go">Show why</span>
                                <span class="answer-why">{capital(first.data.reasons)}</span>
                            </button>
                        </li>
                    </ul>
                )}
            {others.length > 0 && (
                <p class="answer-why">
                    Then {others.slice(0, SERVERS - 1).map((server, i) => (
                        <span key={server.key}>{i > 0 && ", "}<button type="button" class="link" onClick={() => openServer(server)}>{server.data.name}</button> ({severities(server)})</span>
                    ))}
                    {others.length > SERVERS - 1 && <> and <a href="#servers">{counted(others.length - SERVERS + 1, "other", "others")}</a></>}.
                </p>
            )}
        </section>
    );
}

export function Answers({ model }: { model: Model }): JSX.Element | null {
    if (model.talks.length === 0 || model.audit.tables.length === 0) return null;
    return <div class="answers"><Blocked model={model} /><Weakest model={model} /></div>;
}
