// What needs attention, most important first, as the audit ordered it.
import type { JSX } from "preact";
import { Part } from "./app";
import { count, counted } from "./format";
import type { Model } from "./model";
import { choose, matches, now } from "./state";
import { Verdict } from "./icon";

const FIRST = 6, MOST = 500;

type Item = Model["findings"][number];

export function Frames({ of }: { of: { source: string; frame: number }[] }): JSX.Element | null {
    const places = of.filter((e) => e.frame > 0);
    if (places.length === 0) return null;
    const same = new Set(places.map((e) => e.source)).size === 1;
    const text = same
        ? `${places[0]?.source} frame ${places.map((e) => e.frame).join(", ")}`
        : places.map((e) => `${e.source} frame ${e.frame}`).join("; ");
    return <span class="mono">{text}</span>;
}

export function Severity({ word }: { word: string }): JSX.Element {
    return <span class={`severity ${word}`}>{word}</span>;
}

function Finding({ item }: { item: Item }): JSX.Element {
    const f = item.data, { printing } = now();
    return (
        <li class={f.excepted === "" ? "finding" : "finding excepted"}>
            <details open={printing || undefined}>
                <summary>
                    <Severity word={f.severity} />
                    <span class="subject">{f.subject}{f.excepted !== "" && " (excepted by the site)"}</span>
                    <Verdict word={f.verdict} />
                </summary>
                <div class="more">
                    <p>{f.explain}</p>
                    {f.advice !== "" && <p class="advice"><b>Do:</b> {f.advice}</p>}
                    {f.excepted !== "" && <p><b>Excepted by the site:</b> {f.excepted}</p>}
                    <p class="small">
                        <Frames of={f.evidence} /> <span>id <span class="mono">{f.id}</span></span>
                        {item.talk !== undefined && (
                            <button type="button" class="link" onClick={() => choose({ open: { kind: "talk", key: item.talk?.key ?? "" } })}>
                                Show the conversation
                            </button>
                        )}
                        {item.row !== undefined && (
                            <button type="button" class="link" onClick={() => choose({ open: { kind: "row", key: item.row?.key ?? "" } })}>
                                Show the row
                            </button>
                        )}
                    </p>
                </div>
            </details>
        </li>
    );
}

export function Findings({ model }: { model: Model }): JSX.Element {
    const { query, findingsAll, printing } = now();
    const items = model.findings.filter((item) => matches(query, item.text));
    const shown = items.slice(0, findingsAll || printing ? MOST : FIRST);
    return (
        <Part id="findings" title="What needs attention"
            lead={items.length === 0 ? (query === "" ? "Nothing." : "No finding holds these words.") : undefined}>
            <ol class="findings">{shown.map((item) => <Finding key={item.data.id} item={item} />)}</ol>
            {items.length > FIRST && (
                <button type="button" class="more-button" onClick={() => choose({ findingsAll: !findingsAll })}>
                    {findingsAll ? `Show the first ${FIRST} only` : `Show all ${counted(items.length, "finding", "findings")}`}
                </button>
            )}
            {shown.length > FIRST && items.length > shown.length && <p class="lead">The first {shown.length} of {count(items.length)}; filter to see others.</p>}
        </Part>
    );
}
