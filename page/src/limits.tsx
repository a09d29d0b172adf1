// What could be seen, so that nobody trusts more than that; and who the hosts were taken for.
import type { JSX } from "preact";
import { Part } from "./app";
import type { Audit, Coverage, Host } from "./audit";
import { at, bytes, count, counted, share, span, window as windowText } from "./format";
import { Icon } from "./icon";
import type { Model } from "./model";
import { matches, now } from "./state";

const sumOf = (audit: Audit, of: (c: Coverage) => number): number => audit.coverage.reduce((n, c) => n + of(c), 0);

// In words, what takes something from the picture.
function limitsOf(audit: Audit): string[] {
    const sum = (of: (c: Coverage) => number): number => sumOf(audit, of);
    const packets = sum((c) => c.packets);
    const list: string[] = [`The capture covers ${span(at(audit.window.last) - at(audit.window.first)) || "no time"}; what did not happen in it is not judged.`];
    const add = (n: number, text: string): void => void (n > 0 && list.push(text));
    const paths = (test: (p: Audit["paths"][number]) => boolean): string[] => audit.paths.filter(test).map((p) => `${p.name} (from ${p.from})`);
    const never = paths((p) => p.required === "yes" && p.verdict === "not-exercised");
    const hidden = paths((p) => p.verdict === "unobservable");
    add(never.length, `${counted(never.length, "required row was", "required rows were")} never attempted: ${never.join("; ")}. Nothing is known of ${never.length === 1 ? "it" : "them"}.`);
    add(hidden.length, `Nothing can be said about ${hidden.join("; ")}: what was captured does not allow it.`);
    const undetermined = audit.summary.conversations["undetermined"] ?? 0;
    add(undetermined, `${counted(undetermined, "conversation is", "conversations are")} undetermined: too little of ${undetermined === 1 ? "it" : "them"} was seen.`);
    const oneWay = sum((c) => c.one_way_conversations);
    add(oneWay, `${counted(oneWay, "conversation was", "conversations were")} seen in one direction only.`);
    const dropped = sum((c) => c.dropped);
    add(dropped, `${counted(dropped, "packet was", "packets were")} dropped while capturing (${share(dropped, packets + dropped)}).`);
    const missing = sum((c) => c.missing_bytes);
    add(missing, `${bytes(missing)} of streams were sent and not captured.`);
    const undecoded = sum((c) => c.undecoded);
    add(undecoded, `${counted(undecoded, "frame", "frames")} could not be read as IP.`);
    const cut = sum((c) => c.truncated_frames);
    add(cut, `${counted(cut, "frame was", "frames were")} captured only in part (snap length).`);
    add(audit.coverage.filter((c) => c.truncated).length, "A capture file is cut off; it was read up to the cut.");
    const lost = sum((c) => c.fragments_lost);
    add(lost, `${counted(lost, "fragment", "fragments")} found no whole packet.`);
    const evicted = sum((c) => c.evicted_flows + c.evicted_conversations);
    add(evicted, `${counted(evicted, "flow or conversation", "flows or conversations")} found no room in memory: more --memory helps.`);
    const duplicates = sum((c) => c.duplicates);
    add(duplicates, `${counted(duplicates, "duplicate", "duplicates")} from mirroring counted once (${share(duplicates, packets)}).`);
    for (const filter of new Set(audit.coverage.map((c) => c.filter)))
        add(filter.length, `Only what the filter “${filter}” lets through was looked at.`);
    return list;
}

function Sources({ audit }: { audit: Audit }): JSX.Element {
    return (
        <table class="plain">
            <thead><tr><th scope="col">Source</th><th scope="col">Seen</th><th scope="col" class="number">Packets</th><th scope="col" class="number">Bytes</th><th scope="col" class="number">Dropped</th><th scope="col" class="number">Duplicates</th><th scope="col" class="number">Missing</th><th scope="col" class="number">One-way</th></tr></thead>
            <tbody>
                {audit.coverage.map((c, i) => (
                    <tr key={`${c.sensor}|${c.source}|${i}`}>
                        <th scope="row">{c.source || "unnamed"}{c.sensor !== "" && <span class="muted"> at {c.sensor}</span>}</th>
                        <td data-label="Seen">{windowText(c.first, c.last)}</td>
                        <td class="number" data-label="Packets">{count(c.packets)}</td>
                        <td class="number" data-label="Bytes">{bytes(c.bytes)}</td>
                        <td class="number" data-label="Dropped">{count(c.dropped)}</td>
                        <td class="number" data-label="Duplicates">{count(c.duplicates)}</td>
                        <td class="number" data-label="Missing">{bytes(c.missing_bytes)}</td>
                        <td class="number" data-label="One-way">{count(c.one_way_conversations)}</td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

function HostLine({ host }: { host: Host }): JSX.Element {
    return (
        <tr>
            <th scope="row">{host.name}</th>
            <td class="mono" data-label="Addresses">{host.addresses.slice(0, 4).join(", ")}{host.addresses.length > 4 && ` and ${host.addresses.length - 4} more`}</td>
            <td data-label="Roles">
                {host.roles.map((role) => (
                    <span key={role.role} class="role" title={role.evidence.join("; ")}>
                        {role.role}{role.how !== "declared" && <span class="muted"> {role.how}</span>}
                    </span>
                ))}
                {host.roles.length === 0 && <span class="muted">none</span>}
                {(host.conflicts ?? []).map((text) => <span key={text} class="conflict">{text}</span>)}
            </td>
            <td class="muted" data-label="Names">{host.names.slice(0, 3).join(", ")}</td>
        </tr>
    );
}

function Hosts({ audit }: { audit: Audit }): JSX.Element {
    const { query, printing } = now();
    const wanted = audit.hosts.filter((host) => host.seen || host.declared).filter((host) =>
        matches(query, () => [host.name, ...host.addresses, ...host.names, ...host.roles.map((r) => r.role)].join("\n").toLowerCase()));
    const shown = wanted.slice(0, 200);
    return (
        <details open={audit.hosts.length <= 12 || printing}>
            <summary><h3>{counted(wanted.length, "host", "hosts")} and what {wanted.length === 1 ? "it was" : "they were"} taken for</h3></summary>
            <table class="plain">
                <thead><tr><th scope="col">Host</th><th scope="col">Addresses</th><th scope="col">Roles</th><th scope="col">Names read</th></tr></thead>
                <tbody>{shown.map((host) => <HostLine key={host.name} host={host} />)}</tbody>
            </table>
            {wanted.length > shown.length && <p class="lead">The first {shown.length} of {count(wanted.length)}; filter to see others.</p>}
        </details>
    );
}

export function Limits({ model }: { model: Model }): JSX.Element {
    const { audit } = model;
    return (
        <Part id="limits" title="What limits this picture" lead="Nothing here says more than was read on the wire.">
            <ul class="limits">
                {limitsOf(audit).map((text) => <li key={text}><Icon of="doubt" /><span>{text}</span></li>)}
            </ul>
            <Sources audit={audit} />
            <Hosts audit={audit} />
        </Part>
    );
}
