// What the page shows, made once from an audit: everything has a key that stays the same from one audit to the next, so
// that what a person chose survives an update.
import type { Audit, Conversation, Endpoint, Finding, Path, WeakServer } from "./audit";
import { rank, worst } from "./verdicts";

export interface Talk {
    key: string;
    data: Conversation;
    client: string;
    server: string;
    port: string;
    service: string;
    authentication: string;
    encryption: string;
    rows: Row[];
    bytes: number;
    failed: number;
    text: () => string; // what is searched, in small letters
}

export interface Row {
    key: string;
    data: Path;
    text: () => string;
    talks: Talk[];
}

// One port of one server, and all that lives there.
export interface Place {
    key: string;
    server: string;
    name: string;
    port: string;
    services: Endpoint[];
    learned: string[];
    told: string[];
    users: string[];
    flows: number;
    failed: number;
    outside: boolean;
    text: () => string;
}

// A server of which weaknesses were read.
export interface Server {
    key: string;
    data: WeakServer;
    addresses: string[];
    roles: string[];
    talks: Talk[];
    text: () => string;
}

export interface Model {
    audit: Audit;
    talks: Talk[];
    rows: Row[];
    places: Place[];
    findings: { data: Finding; talk: Talk | undefined; row: Row | undefined; text: () => string }[];
    servers: Server[]; // the weakest first
    serverByKey: Map<string, Server>;
    rolesOf: Map<string, string[]>; // by name of a host
    talkByKey: Map<string, Talk>;
    rowByKey: Map<string, Row>;
    nameOf: Map<string, string>; // by address
}

// Made when it is first asked for: most audits are never searched.
function lazily(make: () => string[]): () => string {
    let made: string | undefined;
    return () => (made ??= make().join("\n").toLowerCase());
}

const distinct = (words: string[]): string[] => [...new Set(words.filter((word) => word !== ""))];

export const portText = (transport: string, port: number): string => (port === 0 ? transport : `${port}/${transport}`);

const talkKey = (c: Conversation): string => [c.client, c.server, c.transport, c.port, c.tunnel].join("|");

const failures = ["refused", "prohibited", "unreachable", "unanswered", "app-denied"];

function talkOf(c: Conversation, pathsById: Map<string, Row[]>): Talk {
    const rows = c.paths.flatMap((id) => pathsById.get(id) ?? []);
    const talk: Talk = {
        key: talkKey(c),
        data: c,
        client: c.client_name || c.client,
        server: c.server_name || c.server,
        port: portText(c.transport, c.port),
        service: [c.protocol, ...c.services].filter((word) => word !== "").join(" "),
        authentication: distinct(c.sessions.map((s) => s.authentication)).join(", "),
        encryption: distinct(c.sessions.map((s) => s.encryption)).join(", "),
        rows,
        bytes: c.bytes_to_server + c.bytes_to_client,
        failed: failures.reduce((sum, word) => sum + (c.dispositions[word] ?? 0), 0),
        text: lazily(() => [
            talk.client, talk.server, c.client, c.server, talk.port, talk.service, c.verdict, c.match, c.tunnel, c.nearest.why,
            talk.authentication, talk.encryption, ...rows.map((row) => row.data.name), ...Object.keys(c.dispositions),
            ...Object.values(c.facts).flat(),
        ]),
    };
    for (const row of rows) row.talks.push(talk);
    return talk;
}

function rowOf(path: Path, addressesOf: (host: string) => string[]): Row {
    return {
        key: `${path.table}/${path.id}`,
        data: path,
        talks: [],
        text: lazily(() => [
            path.id, path.name, path.section, path.from, path.to, path.verdict, path.reason, ...path.ports,
            ...path.ports_seen, ...path.authentication, ...path.encryption, ...path.pairs.flatMap((p) => [p.client, p.server, ...addressesOf(p.client), ...addressesOf(p.server)]),
        ]),
    };
}

// An address in a network, when networks were kept apart.
const placeText = (address: string, network = ""): string => (network === "" ? address : `${address}%${network}`);

function placesOf(audit: Audit, nameOf: Map<string, string>): Place[] {
    const places = new Map<string, Place>();
    for (const e of audit.endpoints) {
        const port = e.port === 0 ? e.endpoint : portText(e.transport, e.port);
        const called = (address: string): string => nameOf.get(placeText(address, e.network)) ?? nameOf.get(address) ?? placeText(address, e.network);
        const server = placeText(e.server, e.network), key = `${server}|${port}`;
        let place = places.get(key);
        if (place === undefined) {
            const made: Place = {
                key, server, name: called(e.server), port, services: [], learned: [], told: [],
                users: [], flows: 0, failed: 0, outside: false,
                text: lazily(() => [
                    made.server, made.name, made.port, ...made.learned, ...made.users,
                    ...made.services.flatMap((s) => [s.name, s.interface, s.annotation]),
                ]),
            };
            places.set(key, (place = made));
        }
        const named = (addresses: string[]): string[] => addresses.map(called);
        place.services.push(e);
        place.learned = distinct([...place.learned, ...e.learned_from]);
        place.told = distinct([...place.told, ...named(e.clients)]);
        place.users = distinct([...place.users, ...named(e.users)]);
        place.flows = Math.max(place.flows, e.flows);
        place.failed = Math.max(place.failed, e.failed_flows);
        place.outside ||= e.outside_range;
    }
    return [...places.values()];
}

// Every finding has its reasons in words of the audit; here they are put beside the conversations they are about.
function serversOf(audit: Audit, talks: Talk[]): Server[] {
    const weak = audit.weak_servers ?? []; // an audit that an older version wrote has none
    const hosts = new Map(audit.hosts.map((host) => [host.name, host]));
    const of = new Map(weak.map((data): [string, Talk[]] => [data.name, []]));
    for (const talk of talks) of.get(talk.server)?.push(talk);
    return weak.map((data) => {
        const host = hosts.get(data.name), roles = host?.roles.map((role) => role.role) ?? [], addresses = host?.addresses ?? [];
        return {
            key: data.name, data, addresses, roles, talks: of.get(data.name) ?? [],
            text: lazily(() => [data.name, ...addresses, ...roles, data.reasons, ...data.weaknesses.flatMap((w) => [w.what, portText(w.transport, w.port), w.severity])]),
        };
    });
}

export function modelOf(audit: Audit): Model {
    const addresses = new Map(audit.hosts.map((host) => [host.name, host.addresses]));
    const rows = audit.paths.map((path) => rowOf(path, (host) => addresses.get(host) ?? []));
    const byId = new Map<string, Row[]>();
    for (const row of rows) byId.set(row.data.id, [...(byId.get(row.data.id) ?? []), row]);
    const talks = audit.conversations.map((c) => talkOf(c, byId));
    const keys = new Map<string, number>();
    for (const talk of talks) {
        const times = keys.get(talk.key) ?? 0;
        keys.set(talk.key, times + 1);
        if (times > 0) talk.key += `|${times}`;
    }
    const nameOf = new Map(audit.hosts.flatMap((host) => host.addresses.map((a): [string, string] => [placeText(a, host.network), host.name])));
    const servers = serversOf(audit, talks);
    const places = new Map(talks.map((talk) => [`${talk.data.client}|${placeText(talk.data.server, talk.data.network)}|${talk.port}`, talk]));
    return {
        audit,
        talks,
        rows,
        places: placesOf(audit, nameOf),
        findings: audit.findings.map((f) => ({
            data: f,
            talk: places.get(`${f.client}|${placeText(f.server, f.network)}|${portText(f.transport, f.port)}`),
            row: byId.get(f.path)?.[0],
            text: lazily(() => [
                f.subject, f.explain, f.advice, f.verdict, f.severity, f.id, f.client, f.server, f.port === 0 ? "" : portText(f.transport, f.port),
                ...(byId.get(f.path) ?? []).map((row) => row.data.name),
            ]),
        })),
        servers,
        serverByKey: new Map(servers.map((server) => [server.key, server])),
        rolesOf: new Map(audit.hosts.map((host) => [host.name, host.roles.map((role) => role.role)])),
        talkByKey: new Map(talks.map((talk) => [talk.key, talk])),
        rowByKey: new Map(rows.map((row) => [row.key, row])),
        nameOf,
    };
}

export const worstOf = (talks: Talk[]): string => worst(talks.map((talk) => talk.data.verdict));

export const byVerdict = (a: Talk, b: Talk): number => rank(a.data.verdict) - rank(b.data.verdict) || b.bytes - a.bytes;
