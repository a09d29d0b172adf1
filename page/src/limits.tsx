// What could be seen, so that nobody trusts more than that; and who the hosts were taken for.
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Part } from "./app";
import type { Audit, Host } from "./audit";
import { bytes, count, counted, window as windowText } from "./format";
import { Icon } from "./icon";
import type { Model } from "./model";
import { matches, now } from "./state";
import { unseen } from "./unseen";

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
            <summary><h3>{counted(wanted.length, "host", "hosts")} {wanted.length < audit.hosts.length && query !== "" && "with these words "}and what {wanted.length === 1 ? "it was" : "they were"} taken for</h3></summary>
            {shown.length > 0 && <table class="plain">
                <thead><tr><th scope="col">Host</th><th scope="col">Addresses</th><th scope="col">Roles</th><th scope="col">Names read</th></tr></thead>
                <tbody>{shown.map((host) => <HostLine key={host.name} host={host} />)}</tbody>
            </table>}
            {wanted.length > shown.length && <p class="lead">The first {shown.length} of {count(wanted.length)}; filter to see others.</p>}
        </details>
    );
}

export function Limits({ model }: { model: Model }): JSX.Element {
    const { audit } = model;
    const limits = useMemo(() => unseen(audit), [audit]);
    return (
        <Part id="limits" title="What limits this picture" lead="Nothing here says more than was read on the wire.">
            <ul class="limits">
                {limits.map((text) => <li key={text}><Icon of="doubt" /><span>{text}</span></li>)}
            </ul>
            <Sources audit={audit} />
            <Hosts audit={audit} />
        </Part>
    );
}
