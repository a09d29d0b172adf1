// The page from top to bottom.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useReducer } from "preact/hooks";
import { Detail } from "./detail";
import { Findings } from "./findings";
import { Head, Now } from "./head";
import { Limits } from "./limits";
import { Matrix } from "./matrix";
import type { Model } from "./model";
import { Places } from "./places";
import { Rows } from "./rows";
import { Search } from "./search";
import { Servers } from "./servers";
import { choose, now, onChange } from "./state";
import { Talks } from "./talks";
import { Timeline } from "./timeline";

export const goTo = (id: string): void => document.getElementById(id)?.scrollIntoView({ block: "start" });

export interface PartProps {
    id: string;
    title: string;
    lead?: ComponentChildren;
    tools?: ComponentChildren;
    children: ComponentChildren;
}

export function Part({ id, title, lead, tools, children }: PartProps): JSX.Element {
    return (
        <section id={id} aria-labelledby={`${id}-title`}>
            <div class="title">
                <h2 id={`${id}-title`}>{title}</h2>
                {tools !== undefined && <div class="tools">{tools}</div>}
            </div>
            {lead !== undefined && <p class="lead">{lead}</p>}
            {children}
        </section>
    );
}

function Body({ model }: { model: Model }): JSX.Element {
    return (
        <>
            <Head model={model} />
            <Search model={model} />
            <main id="content">
                <Findings model={model} />
                <Servers model={model} />
                <Matrix />
                <Rows model={model} />
                <Talks model={model} />
                <Places model={model} />
                <Timeline model={model} />
                <Limits model={model} />
            </main>
            <footer>
                pathaudit {model.audit.version}. {now().live === undefined
                    ? <>This page is one file and asks no network for anything. <span class="screen">The audit stands in it as JSON: <code>pathaudit diff</code> compares it with another.</span></>
                    : <>This page asks nobody but the pathaudit that watches, for <a href="audit.json">its last audit</a>.</>}
            </footer>
            <Detail model={model} />
        </>
    );
}

export function App(): JSX.Element {
    const [, again] = useReducer((n: number) => n + 1, 0);
    useLayoutEffect(() => onChange(() => again(undefined)), []);
    useLayoutEffect(() => {
        addEventListener("beforeprint", () => choose({ printing: true }));
        addEventListener("afterprint", () => choose({ printing: false }));
    }, []);
    const { model, trouble, theme, said, live } = now();
    useEffect(() => {
        if (theme === "") delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = theme;
    }, [theme]);
    return (
        <>
            <a class="skip" href="#content">Skip to the findings</a>
            {model === undefined ? <div class="before">{live !== undefined && trouble === "" ? <Now live={live} /> : trouble || "Reading the audit ..."}</div> : <Body model={model} />}
            <div class={said === "" ? "said" : "said shown"} role="status" aria-live="polite">{said}</div>
        </>
    );
}
