// The virtual table: of very many lines only those in sight are made (@tanstack/virtual-core, bound to preact).
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";

export function useLines(count: number, height: number, box: { current: HTMLDivElement | null }): Virtualizer<HTMLDivElement, Element> {
    const [, again] = useReducer((n: number) => n + 1, 0);
    const options = {
        count,
        getScrollElement: () => box.current,
        estimateSize: () => height,
        overscan: 12,
        scrollToFn: elementScroll,
        observeElementRect,
        observeElementOffset,
        onChange: () => again(undefined),
    };
    const kept = useRef<Virtualizer<HTMLDivElement, Element> | undefined>(undefined);
    const lines = (kept.current ??= new Virtualizer<HTMLDivElement, Element>(options));
    lines.setOptions(options);
    useLayoutEffect(() => lines._didMount(), []);
    useLayoutEffect(() => lines._willUpdate());
    useLayoutEffect(() => lines.measure(), [height]);
    return lines;
}
