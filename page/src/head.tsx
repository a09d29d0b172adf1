// The top: what was audited, the verdict in a sentence, and the counts, each a way to filter.
import type { JSX } from "preact";
import { Answers } from "./answers";
import { goTo } from "./app";
import type { Audit } from "./audit";
import { at, bytes, clock, count, counted, span, window as windowText } from "./format";
import { Icon } from "./icon";
import type { Model } from "./model";
import { choose, now, type State } from "./state";
import { byRank, family, meaning } from "./verdicts";

const conclusions: Record<string, { word: string; look: "bad" | "doubt" | "good" }> = {
    conforms: { word: "Conforms", look: "good" },
    findings: { word: "Not conforming", look: "bad" },
    undetermined: { word: "Undetermined", look: "doubt" },
};

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

const listed = (parts: string[]): string =>
    parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;

function paths(audit: Audit): string {
    const seen = audit.paths.filter((p) => p.conversations > 0);
    const good = seen.filter((p) => p.verdict === "satisfied" && p.verified);
    const bad = ["failing", "missing", "forbidden-seen", "deviating", "degraded", "unobservable"]
        .filter((word) => (audit.summary.paths[word] ?? 0) > 0)
        .map((word) => `${audit.summary.paths[word]} ${word.replace("-seen", "")}`);
    const probable = good.filter((p) => p.probable).length, unverified = (audit.summary.paths["satisfied"] ?? 0) - good.length;
    const chains = audit.findings.filter((f) => f.verdict === "broken-chain" && f.severity !== "info" && f.excepted === "").length;
    if (chains > 0) bad.push(counted(chains, "broken chain", "broken chains"));
    const told = `${seen.length} of ${audit.paths.length} rows of the table were seen, ${good.length} as expected` +
        (probable > 0 ? ` (${probable} only probably)` : "") + (unverified > 0 ? `, ${unverified} not verified` : "");
    return bad.length === 0 ? `${told}.` : `${told}; ${listed(bad)}.`;
}

function strangers(audit: Audit): string {
    const of = (word: string): number => audit.summary.conversations[word] ?? 0;
    const parts = [
        of("unexpected") > 0 ? counted(of("unexpected"), "conversation fits no row", "conversations fit no row") : "",
        of("blocked") > 0 ? counted(of("blocked"), "expected conversation is blocked", "expected conversations are blocked") : "",
        of("refused") > 0 ? counted(of("refused"), "expected conversation is refused", "expected conversations are refused") : "",
        of("unclassified") > 0 ? counted(of("unclassified"), "has an end without a role", "have an end without a role") : "",
        audit.scans.length > 0 ? counted(audit.scans.length, "scan was seen", "scans were seen") : "",
    ].filter((part) => part !== "");
    const text = listed(parts);
    return text === "" ? "" : ` ${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

// What was never attempted although it is required: nothing is known of it, whatever the verdict.
function unknown(audit: Audit): string {
    const never = audit.paths.filter((p) => p.required === "yes" && p.verdict === "not-exercised").length;
    return never === 0 ? "" : ` ${counted(never, "required row was", "required rows were")} never attempted: nothing is known of ${never === 1 ? "it" : "them"}.`;
}

// Why there is no verdict; undefined where there is one.
function noVerdict(audit: Audit): [string, string] | undefined {
    const talks = audit.conversations.length;
    if (sum(audit.coverage.map((c) => c.packets)) === 0 && talks === 0)
        return ["Nothing seen.", "Is it the right file, interface, sensor, time or filter?"];
    if (audit.tables.length === 0) return ["Not judged.", "No table says which paths are expected: name one with -t."];
    if ((audit.summary.conversations["out-of-scope"] ?? 0) !== talks || audit.scans.length > 0) return undefined;
    return ["Nothing in scope.", talks === 0 ? "Packets were read, and no IP conversation among them."
        : `${counted(talks, "conversation", "conversations")} seen, none with an end in the scope of the site file.`];
}

function Sentence({ audit }: { audit: Audit }): JSX.Element {
    const told = conclusions[audit.summary.conclusion] ?? { word: audit.summary.conclusion, look: "doubt" as const };
    const none = noVerdict(audit);
    if (none !== undefined) return <h1 class="doubt"><Icon of="doubt" /><span><b>{none[0]}</b> {none[1]}</span></h1>;
    return (
        <h1 class={told.look}>
            <Icon of={told.look} />
            <span><b>{told.word}.</b> {paths(audit)}{strangers(audit)}{unknown(audit)}</span>
        </h1>
    );
}

function toggled(set: ReadonlySet<string>, word: string): Set<string> {
    const next = new Set(set);
    if (!next.delete(word)) next.add(word);
    return next;
}

interface CountsProps {
    one: string;
    many: string;
    counts: Record<string, number>;
    pressed?: ReadonlySet<string>;
    onPress?: (word: string) => void;
}

function Counts({ one, many, counts, pressed, onPress }: CountsProps): JSX.Element | null {
    const words = Object.keys(counts).filter((word) => (counts[word] ?? 0) > 0).sort(byRank);
    const total = sum(words.map((word) => counts[word] ?? 0));
    if (total === 0) return null;
    return (
        <div class="counts">
            <h2>{counted(total, one, many)}</h2>
            <div class="bar" aria-hidden="true">
                {words.map((word) => <i key={word} class={family(word)} style={{ flexGrow: counts[word] }} title={word} />)}
            </div>
            <ul>
                {words.map((word) => (
                    <li key={word}>
                        <button type="button" class={`chip ${family(word)}`} title={meaning(word)}
                            aria-pressed={pressed === undefined ? undefined : pressed.has(word)} onClick={() => onPress?.(word)}>
                            <Icon of={family(word)} /><b>{count(counts[word] ?? 0)}</b> {word}
                        </button>
                    </li>
                ))}
            </ul>
        </div>
    );
}

function Facts({ audit }: { audit: Audit }): JSX.Element {
    const total = (of: (c: Audit["coverage"][number]) => number): number => sum(audit.coverage.map(of));
    const dropped = total((c) => c.dropped);
    const sources = [...new Set(audit.coverage.map((c) => c.source))];
    const facts: [string, string][] = [
        ["Capture", sources.length > 3 ? `${sources.slice(0, 3).join(", ")} and ${sources.length - 3} more` : sources.join(", ") || "no source"],
        ["Seen", `${windowText(audit.window.first, audit.window.last)} (${span(at(audit.window.last) - at(audit.window.first))})`],
        ["Packets", `${count(total((c) => c.packets))}, ${bytes(total((c) => c.bytes))}, ${dropped === 0 ? "none" : count(dropped)} dropped`],
        ["Table", audit.tables.join(", ") + (audit.table_chosen && audit.table_reason !== "" ? ` (chosen: it ${audit.table_reason})` : "")],
        ["Site", audit.site === "" ? "no site file: roles are inferred" : `${audit.site}, ${counted(audit.hosts.filter((h) => h.declared).length, "host", "hosts")} declared`],
    ];
    if (audit.anonymized) facts.push(["Anonymized", audit.anonymized]);
    return (
        <dl class="facts">
            {facts.map(([term, text]) => <div key={term}><dt>{term}</dt><dd>{text}</dd></div>)}
        </dl>
    );
}

const states: Record<NonNullable<State["live"]>["state"], string> = {
    waiting: "Waiting for the first audit",
    live: "Live",
    lost: "Not connected; trying again",
    ended: "The run is over; this is its last audit",
};

export function Now({ live }: { live: NonNullable<State["live"]> }): JSX.Element {
    const dropped = live.dropped === 0 ? "" : `, ${count(live.dropped)} dropped`;
    return (
        <p class={`live ${live.state}`}>
            <b>{states[live.state]}.</b> {live.number > 0 && `Audit ${count(live.number)} of ${clock(live.made)} UTC. `}
            {(live.state === "live" || live.state === "waiting") && `${counted(live.packets, "packet", "packets")} so far${dropped}.`}
        </p>
    );
}

const themes = { "": "Theme: as the system", light: "Theme: light", dark: "Theme: dark" } as const;
const nextTheme = { "": "light", light: "dark", dark: "" } as const;

export function Head({ model }: { model: Model }): JSX.Element {
    const { audit } = model;
    const { verdicts, theme, live } = now();
    const worse = audit.summary;
    return (
        <header>
            <div class="brand">
                <span>pathaudit</span>
                <button type="button" class="quiet" onClick={() => choose({ theme: nextTheme[theme] })}>{themes[theme]}</button>
            </div>
            {live !== undefined && <Now live={live} />}
            <Sentence audit={audit} />
            <Facts audit={audit} />
            <Answers model={model} />
            <div class="overview">
                <Counts one="row of the table" many="rows of the table" counts={worse.paths}
                    onPress={(word) => { choose({ query: word, rowsAll: true }); goTo("rows"); }} />
                <Counts one="conversation" many="conversations" counts={worse.conversations} pressed={verdicts}
                    onPress={(word) => choose({ verdicts: toggled(verdicts, word) })} />
            </div>
        </header>
    );
}
