// The shape of a verdict's family, and the word beside it.
import type { JSX } from "preact";
import { family, meaning, type Family } from "./verdicts";

const shapes: Record<Family, JSX.Element> = {
    bad: (
        <>
            <path class="fill" d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" />
            <path class="mark" d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6" />
        </>
    ),
    weak: (
        <>
            <path class="fill" d="M8 1.2 15.4 14.4H.6z" />
            <path class="mark" d="M8 6v4M8 12.2v.1" />
        </>
    ),
    strange: (
        <>
            <path class="fill" d="M8 .6 15.4 8 8 15.4.6 8z" />
            <path class="mark" d="M8 4.8v3.8M8 11v.1" />
        </>
    ),
    doubt: (
        <>
            <circle class="hollow" cx="8" cy="8" r="6.6" />
            <path class="stroke" d="M6.2 6.4c0-2.5 3.7-2.3 3.7 0 0 1.5-1.9 1.4-1.9 2.9M8 11.6v.1" />
        </>
    ),
    good: (
        <>
            <circle class="fill" cx="8" cy="8" r="7.2" />
            <path class="mark" d="M4.6 8.3 7 10.7l4.4-5" />
        </>
    ),
    none: <circle class="hollow" cx="8" cy="8" r="3" />,
};

export function Icon({ of }: { of: Family }): JSX.Element {
    return (
        <svg class={`icon ${of}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            {shapes[of]}
        </svg>
    );
}

export function Verdict({ word, probable }: { word: string; probable?: boolean }): JSX.Element {
    const said = probable ? `probably ${word}` : word;
    return (
        <span class={`verdict ${family(word)}`} title={meaning(word)}>
            <Icon of={family(word)} />
            <span>{said}</span>
        </span>
    );
}
