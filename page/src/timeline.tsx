// When it was: all that is shown as one chart, and a lane for each row below it.
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import { Part } from "./app";
import { compareTalks } from "./columns";
import { at, bytes, clock, count, counted, day, span } from "./format";
import { Icon } from "./icon";
import { hasSlices, HEIGHT, lanesOf, sumsOf, WIDTH, type Lane, type Sums } from "./lanes";
import type { Model } from "./model";
import { choose, now, shownTalks } from "./state";
import { family } from "./verdicts";

const HIGH = 200, PAPER_WIDTH = 690; // pixels: A4 within the margins that browsers leave

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A moment on an axis, in ms: with its day where the clock alone would not tell which.
function axisTime(ms: number, overDays: boolean): string {
    const time = new Date(ms).toISOString();
    return overDays ? `${day(time).slice(5)} ${clock(time).slice(0, 5)}` : clock(time);
}

const dayOf = (ms: number): string => day(new Date(ms).toISOString());

function isOverDays({ data: [times] }: uPlot): boolean {
    return times.length > 0 && dayOf(1000 * (times[0] ?? 0)) !== dayOf(1000 * (times[times.length - 1] ?? 0));
}

function optionsOf(width: number): uPlot.Options {
    const axis = { stroke: () => colour("--muted"), grid: { stroke: () => colour("--line"), width: 1 }, ticks: { show: false } };
    const bars = uPlot.paths.bars?.({ size: [0.9, 40], align: 1 });
    return {
        width,
        height: HIGH,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
        cursor: { drag: { x: true, y: false } },
        scales: { failed: { range: (_, __, most) => [0, Math.max(4, 3 * most)] }, bytes: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
        axes: [
            { ...axis, space: (plot) => (isOverDays(plot) ? 100 : 50), values: (plot, ticks) => ticks.map((t) => axisTime(1000 * t, isOverDays(plot)).slice(0, isOverDays(plot) ? 11 : 5)) },
            { ...axis, scale: "bytes", size: 64, values: (_, ticks) => ticks.map(bytes) },
            { ...axis, scale: "failed", side: 1, grid: { show: false }, stroke: () => colour("--bad"), values: (_, ticks) => ticks.map(count) },
        ],
        series: [
            { label: "UTC", value: "{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}" },
            { label: "Bytes", scale: "bytes", fill: () => colour("--traffic"), width: 0, paths: bars, points: { show: false }, value: (_, n) => (n === null ? "" : bytes(n)) },
            { label: "Failed flows", scale: "failed", fill: () => colour("--bad"), width: 0, paths: bars, points: { show: false }, value: (_, n) => (n === null ? "" : count(n)) },
        ],
    };
}

// A bar is as wide as its slice and begins where that does: the axis goes on to where the last slice ends.
function dataOf({ times, bytes, failed }: Sums): uPlot.AlignedData {
    const [first = 0, second = 0] = times;
    return [[...times, first + times.length * (second - first)], [...bytes, null], [...failed, null]];
}

// Made once, and given new numbers after: an update keeps what was zoomed to.
function Chart({ sums }: { sums: Sums }): JSX.Element {
    const place = useRef<HTMLDivElement>(null);
    const plot = useRef<uPlot>(undefined);
    const { theme, printing } = now();
    const themeDrawn = useRef(theme);
    useEffect(() => {
        const box = place.current;
        if (box === null) return;
        const made = (plot.current = new uPlot(optionsOf(box.clientWidth), dataOf(sums), box));
        const fit = new ResizeObserver(() => now().printing || made.setSize({ width: box.clientWidth, height: HIGH }));
        fit.observe(box);
        return () => { fit.disconnect(); made.destroy(); };
    }, []);
    useLayoutEffect(() => { // a drawing does not follow the width of paper by itself
        const box = place.current;
        if (box !== null) plot.current?.setSize({ width: printing ? PAPER_WIDTH : box.clientWidth, height: HIGH });
    }, [printing]);
    const drawn = useRef(sums);
    useEffect(() => {
        const made = plot.current;
        if (made === undefined || (drawn.current === sums && theme === themeDrawn.current)) return;
        const keep = drawn.current.times.length === sums.times.length;
        drawn.current = sums;
        themeDrawn.current = theme;
        made.setData(dataOf(sums), !keep);
        if (keep) made.redraw();
    }, [sums, theme]);
    return <div class="chart" ref={place} role="img" aria-label="Bytes and failed flows over time; the lanes below say the same by row" />;
}

function LaneLine({ lane }: { lane: Lane }): JSX.Element {
    const text = `${lane.name}: ${lane.verdict}, ${bytes(lane.bytes)}${lane.failed > 0 ? `, ${counted(lane.failed, "failed flow", "failed flows")}` : ""}`;
    return (
        <li>
            <button type="button" disabled={lane.key === ""} title={text} onClick={() => choose({ open: { kind: "row", key: lane.key } })}>
                <Icon of={family(lane.verdict)} /><span class="lane-name">{lane.name}</span>
            </button>
            <svg class="lane" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={text}>
                {lane.bars.map((bar) => <path key={bar.of} class={bar.of} d={bar.path} />)}
            </svg>
            <span class="number small muted">{bytes(lane.bytes)}{lane.failed > 0 && <em> {count(lane.failed)}✕</em>}</span>
        </li>
    );
}

function Scale({ first, last }: { first: number; last: number }): JSX.Element {
    const steps = [0, 0.25, 0.5, 0.75, 1].map((part) => axisTime(first + part * (last - first), dayOf(first) !== dayOf(last)));
    return <li class="scale" aria-hidden="true"><span /><span class="ticks">{steps.map((time, i) => <span key={i}>{time}</span>)}</span><span /></li>;
}

export function Timeline({ model }: { model: Model }): JSX.Element {
    const s = now();
    const { audit } = model;
    const talks = shownTalks(s, compareTalks);
    const { lanes, others } = useMemo(() => lanesOf(audit, talks), [audit, talks]);
    const sums = useMemo(() => sumsOf(audit, talks), [audit, talks]);
    const sliced = hasSlices(audit);
    const first = at(sliced ? audit.timeline.first : audit.window.first);
    const last = sliced ? first + 1000 * audit.timeline.slices * audit.timeline.slice_seconds : at(audit.window.last);
    const lead = sliced
        ? `Traffic in slices of ${span(1000 * audit.timeline.slice_seconds)}; heights are logarithmic. A mark at the top of a slice: flows that failed in it.`
        : "The capture is short: bars show when each class of flows was, coloured by its verdict.";
    return (
        <Part id="timeline" title="Timeline" lead={talks.length === 0 ? "Nothing to show." : lead}>
            {sliced && talks.length > 0 && <Chart sums={sums} />}
            {talks.length > 0 && (
                <ul class="lanes">
                    {lanes.map((lane) => <LaneLine key={lane.key} lane={lane} />)}
                    {last > first && <Scale first={first} last={last} />}
                </ul>
            )}
            {others > 0 && <p class="lead">{counted(others, "lane", "lanes")} more, of what has less trouble and less traffic: filter to see them.</p>}
        </Part>
    );
}
