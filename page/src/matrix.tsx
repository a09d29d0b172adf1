// The matrix of who talks to whom. A cell opens its rows and conversations below, and the tables follow.
import type { JSX } from "preact";
import { Part } from "./app";
import { count, counted } from "./format";
import { gridOf, NO_ROLE, OTHERS, type Grid, type GridCell } from "./grid";
import { Icon, Verdict } from "./icon";
import { byVerdict } from "./model";
import { choose, now, type Axis } from "./state";
import { family, type Family } from "./verdicts";

const LISTED = 12;

function labelOf(from: string, to: string, cell: GridCell): string {
    const rows = cell.rows.length > 0 ? `, ${counted(cell.rows.length, "row", "rows")}` : "";
    return `${from} to ${to}: ${cell.verdict}${rows}, ${counted(cell.talks.length, "conversation", "conversations")}`;
}

// Arrow keys go to the next cell that holds something.
function walk(event: KeyboardEvent & { currentTarget: HTMLTableElement }): void {
    const steps: Record<string, [number, number]> = {
        ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0],
    };
    const step = steps[event.key];
    const cell = (event.target as HTMLElement).closest("td");
    const line = cell?.parentElement as HTMLTableRowElement | null | undefined;
    if (step === undefined || !cell || !line) return;
    event.preventDefault();
    const lines = event.currentTarget.tBodies[0]?.rows;
    for (let r = line.rowIndex - 1 + step[0], c = cell.cellIndex + step[1]; ; r += step[0], c += step[1]) {
        const next = lines?.[r]?.cells[c];
        if (next === undefined) return;
        const button = next.querySelector("button");
        if (button !== null) return button.focus();
    }
}

function CellButton({ from, to, cell, pressed }: { from: string; to: string; cell: GridCell; pressed: boolean }): JSX.Element {
    return (
        <button type="button" class={`cell ${family(cell.verdict)}`} aria-pressed={pressed} aria-label={labelOf(from, to, cell)}
            title={labelOf(from, to, cell)} onClick={() => choose({ cell: pressed ? undefined : { from, to } })}>
            <Icon of={family(cell.verdict)} />
            <span>{cell.talks.length === 0 ? "" : cell.talks.length < 10000 ? count(cell.talks.length) : `${Math.round(cell.talks.length / 1000)}k`}</span>
        </button>
    );
}

const nameClass = (name: string): string | undefined =>
    name === OTHERS || name === NO_ROLE || name.endsWith(" roles)") ? "soft" : undefined;

function Table({ grid }: { grid: Grid }): JSX.Element {
    const { cell: chosen } = now();
    return (
        <table class="matrix" onKeyDown={walk}>
            <caption class="aside">Verdicts of what clients (rows) say to servers (columns)</caption>
            <thead>
                <tr>
                    <td class="corner"><span class="to">to</span><span class="from">from</span></td>
                    {grid.to.map((to) => <th key={to} scope="col"><span class={nameClass(to)} title={to}>{to}</span></th>)}
                </tr>
            </thead>
            <tbody>
                {grid.from.map((from) => (
                    <tr key={from}>
                        <th scope="row"><span class={nameClass(from)} title={from}>{from}</span></th>
                        {grid.to.map((to) => {
                            const cell = grid.cell(from, to);
                            const pressed = chosen?.from === from && chosen.to === to;
                            return <td key={to}>{cell !== undefined && <CellButton {...{ from, to, cell, pressed }} />}</td>;
                        })}
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

function Opened({ cell, from, to }: { cell: GridCell; from: string; to: string }): JSX.Element {
    const talks = [...cell.talks].sort(byVerdict);
    return (
        <div class="opened" role="region" aria-label={`${from} to ${to}`}>
            <h3>{from} <span class="arrow">→</span> {to}</h3>
            {cell.rows.length > 0 && <h4>{counted(cell.rows.length, "row", "rows")} of the table</h4>}
            <ul class="lines">
                {cell.rows.map((row) => (
                    <li key={row.key}>
                        <button type="button" onClick={() => choose({ open: { kind: "row", key: row.key } })}>
                            <Verdict word={row.data.verdict} probable={row.data.probable} />
                            <span class="grow">{row.data.name}</span>
                            <span class="mono muted">{row.data.ports.join(" ")}</span>
                        </button>
                    </li>
                ))}
            </ul>
            <h4>{counted(talks.length, "conversation", "conversations")}</h4>
            <ul class="lines">
                {talks.slice(0, LISTED).map((talk) => (
                    <li key={talk.key}>
                        <button type="button" onClick={() => choose({ open: { kind: "talk", key: talk.key } })}>
                            <Verdict word={talk.data.verdict} probable={talk.data.probable} />
                            <span class="grow">{talk.client} → {talk.server} <b class="mono">{talk.port}</b> {talk.service}</span>
                            <span class="muted">{talk.rows.length === 0 ? talk.data.nearest.why : counted(talk.data.flows, "flow", "flows")}</span>
                        </button>
                    </li>
                ))}
            </ul>
            {talks.length > LISTED && <p class="lead">{count(talks.length - LISTED)} more: <a href="#talks">all conversations of this cell</a></p>}
        </div>
    );
}

const families: [Family, string][] = [
    ["bad", "fails: blocked, refused, missing or forbidden"],
    ["weak", "works, but weaker than expected, or not always"],
    ["strange", "fits no row of the table"],
    ["doubt", "too little was seen to judge"],
    ["good", "as expected"],
    ["none", "expected, and never attempted"],
];

function Legend(): JSX.Element {
    return <ul class="legend">{families.map(([of, means]) => <li key={of}><Icon of={of} /><span>{means}</span></li>)}</ul>;
}

export function Matrix(): JSX.Element | null {
    const { grid, axis, cell, model, query } = now();
    if (grid === undefined || model === undefined) return null;
    const opened = cell !== undefined ? grid.cell(cell.from, cell.to) : undefined;
    const turn = (to: Axis): void => choose({ axis: to, grid: gridOf(model, to), cell: undefined });
    const tools = (
        <div class="switch" role="group" aria-label="Matrix by">
            <button type="button" aria-pressed={axis === "roles"} onClick={() => turn("roles")}>Roles</button>
            <button type="button" aria-pressed={axis === "hosts"} onClick={() => turn("hosts")}>Hosts</button>
        </div>
    );
    return (
        <Part id="matrix" title="Who talks to whom" tools={tools}
            lead={`A shape is the worst verdict of its cell, the number how many conversations it has. Choose a cell to open it.${query === "" ? "" : " All of them, whatever the filter."}`}>
            {grid.from.length === 0 && <p class="lead">No rows and no conversations.</p>}
            <div class="matrix-and">
                {grid.from.length > 0 && <div class="wide"><Table grid={grid} /></div>}
                {opened !== undefined && cell !== undefined ? <Opened cell={opened} from={cell.from} to={cell.to} /> : <Legend />}
            </div>
        </Part>
    );
}
