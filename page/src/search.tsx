// The bar that stays on top: the way to each part, the words to search for, and what is chosen.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { compareTalks } from "./columns";
import { count } from "./format";
import type { Model } from "./model";
import { choose, filtered, now, shownTalks } from "./state";

const parts: [string, string][] = [
    ["findings", "Findings"], ["servers", "Servers"], ["matrix", "Matrix"], ["rows", "Rows"], ["talks", "Conversations"], ["places", "Ports"],
    ["timeline", "Timeline"], ["limits", "Coverage"],
];

function Chip({ text, off }: { text: string; off: () => void }): JSX.Element {
    return (
        <button type="button" class="chosen" onClick={off} aria-label={`Remove the filter ${text}`}>
            {text} <span aria-hidden="true">×</span>
        </button>
    );
}

function Chosen({ model }: { model: Model }): JSX.Element {
    const s = now();
    const without = (word: string): Set<string> => new Set([...s.verdicts].filter((other) => other !== word));
    return (
        <div class="choice">
            <span role="status">
                <b>{count(shownTalks(s, compareTalks).length)}</b> of {count(model.talks.length)} conversations
            </span>
            {[...s.verdicts].map((word) => <Chip key={word} text={word} off={() => choose({ verdicts: without(word) })} />)}
            {s.cell !== undefined && <Chip text={`${s.cell.from} → ${s.cell.to}`} off={() => choose({ cell: undefined })} />}
            {s.query !== "" && <Chip text={`“${s.query}”`} off={() => choose({ query: "" })} />}
            <button type="button" class="quiet" onClick={() => choose({ query: "", verdicts: new Set(), cell: undefined })}>
                Clear all
            </button>
        </div>
    );
}

// "/" goes to the field, as in many programs, where nothing else is being written.
function useSlash(field: { current: HTMLInputElement | null }): void {
    useEffect(() => {
        const press = (event: KeyboardEvent): void => {
            const writing = event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey;
            if (event.key !== "/" || writing) return;
            event.preventDefault();
            field.current?.focus();
        };
        addEventListener("keydown", press);
        return () => removeEventListener("keydown", press);
    }, []);
}

export function Search({ model }: { model: Model }): JSX.Element {
    const s = now();
    const field = useRef<HTMLInputElement>(null);
    useSlash(field);
    return (
        <div class="sticky" role="search">
            <div class="search">
                <nav aria-label="Parts of the page">
                    {parts.map(([id, name]) => <a key={id} href={`#${id}`}>{name}</a>)}
                </nav>
                <label>
                    <span class="aside">Filter everything by host, address, port, protocol, row or fact</span>
                    <input ref={field} type="search" value={s.query} placeholder="Filter: host, port, protocol, row …"
                        autocomplete="off" spellcheck={false} onInput={(event) => choose({ query: event.currentTarget.value })} />
                </label>
            </div>
            {filtered(s) && <Chosen model={model} />}
        </div>
    );
}
