// An audit as large as wanted, made up: servers in roles, clients in roles, traffic over hours, of every verdict some, and
// names as a stranger would choose them. The same number gives the same audit.
export const HOSTILE = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

function random(seed) {
    let state = seed;
    return (below) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
    };
}

const START = Date.parse("2026-11-20T07:00:00Z");
const SLICES = 96;
const time = (seconds) => new Date(START + 1000 * seconds).toISOString().replace("Z", "000Z");

const services = [
    ["mapi-client", "client-access", 443, "tls", "tls"], ["mapi-client", "mailbox", 49155, "dcerpc", "rpc-privacy"],
    ["smtp-client", "hub", 25, "smtp", "starttls"], ["hub", "edge", 25, "smtp", "anonymoustls"],
    ["mailbox", "domain-controller", 389, "ldap", "ldap-seal"], ["client-access", "domain-controller", 88, "kerberos", ""],
    ["web-client", "client-access", 443, "http", "tls"], ["imap4-client", "client-access", 143, "imap", "none"],
    ["client-access", "mailbox", 135, "dcerpc", ""], ["unified-messaging", "ip-pbx", 5060, "sip", "none"],
];
const verdicts = ["conforming", "conforming", "conforming", "conforming", "deviating", "unexpected", "blocked", "unexpected-attempt", "unclassified", "undetermined"];
const rowVerdict = { conforming: "satisfied", deviating: "deviating", blocked: "failing" };

function hostsOf() {
    const roles = [...new Set(services.flatMap(([from, to]) => [from, to]))];
    return roles.flatMap((role, r) =>
        Array.from({ length: role.endsWith("-client") ? 60 : 4 }, (_, i) => ({
            name: role === "edge" && i === 0 ? HOSTILE : `${role}${i + 1}`,
            addresses: [`10.${r}.${i}.1`], names: [], conflicts: [], declared: true, seen: true,
            roles: [{ role, how: "declared", evidence: [] }],
        })));
}

function pathOf([from, to, port, protocol, encryption], i) {
    return {
        table: "made-up", id: `row-${i}`, name: `${from} to ${to} (${protocol})`, section: "Made up", from, to, ports: [`${port}/tcp`],
        required: "no", verdict: "satisfied", probable: false, verified: true, reason: "", conversations: 0, bytes: 0,
        authentication: ["kerberos"], encryption: [encryption || "none"], ports_seen: [`${port}/tcp`], pairs: [], source: "", note: "",
        expected: { authentication: { default: ["kerberos"], supported: ["kerberos", "ntlm"] }, encryption: { default: "yes", supported: ["tls"], floor: "" } },
        cells: { ports: `${port}/TCP`, default_authentication: "Kerberos", supported_authentication: "Kerberos, NTLM", encryption: "Yes", encrypted_by_default: "Yes" },
    };
}

function conversationOf(i, pick, hosts, paths) {
    const kind = pick(services.length), [from, to, port, protocol, encryption] = services[kind];
    const of = (role) => { const has = hosts.filter((h) => h.roles[0].role === role); return has[pick(has.length)]; };
    const client = of(from), server = of(to), verdict = verdicts[pick(verdicts.length)];
    const owned = ["conforming", "deviating", "blocked", "undetermined"].includes(verdict);
    const failed = verdict === "blocked" || verdict === "unexpected-attempt", flows = 1 + pick(200);
    const begin = pick(SLICES - 4), length = 1 + pick(4), bytes = failed ? 60 * flows : 400 * flows * (1 + pick(300));
    const path = paths[kind];
    if (owned) {
        path.conversations++;
        path.bytes += bytes;
        if (path.verdict === "satisfied" && rowVerdict[verdict]) path.verdict = rowVerdict[verdict];
    }
    return {
        client: client.addresses[0], server: server.addresses[0], client_name: client.name, server_name: server.name, transport: "tcp",
        port: owned ? port : 1024 + (i % 60000), tunnel: `vlan:${i}`, protocol, services: [], second_opinion: "", recognised_by: "content",
        match: owned ? "row" : "no-row", grade: "", probable: i % 50 === 0, paths: owned ? [path.id] : [], allowed_by: [], verdict,
        nearest: owned ? { path: "", why: "" } : { path: path.id, why: `fits but ${client.name} is not a server` },
        sessions: [{
            disposition: failed ? "unanswered" : "ok", authentication: "kerberos", encryption, protection: "", verdict, encryption_check: "as-expected",
            authentication_check: "default", why: "", flows, first: time(300 * begin), last: time(300 * (begin + length)), evidence: { source: "made-up.pcap", frame: i + 1 },
        }],
        dispositions: { [failed ? "unanswered" : "ok"]: flows }, flows, packets_to_server: 5 * flows, packets_to_client: failed ? 0 : 5 * flows,
        bytes_to_server: failed ? bytes : bytes / 4, bytes_to_client: failed ? 0 : (3 * bytes) / 4, missing_bytes: 0, client_decided_by: "handshake",
        first: time(300 * begin), last: time(300 * (begin + length)),
        facts: { "tls.server_names": [i % 97 === 0 ? HOSTILE : `name${i}.corp.example`], "kerberos.services": ["exchangeMDB/mbx1"] },
        timeline: Array.from({ length }, (_, s) => [begin + s, 10 * flows, Math.round(bytes / length), Math.ceil(flows / length), failed ? Math.ceil(flows / length) : 0]),
    };
}

const countBy = (items, words) => Object.fromEntries(words.map((word) => [word, items.filter((item) => item.verdict === word).length]));

export function auditOf(conversations, seed = 1) {
    const pick = random(seed), hosts = hostsOf(), paths = services.map(pathOf);
    const talks = Array.from({ length: conversations }, (_, i) => conversationOf(i, pick, hosts, paths));
    return {
        schema: "pathaudit.audit/1", version: "0.0", anonymized: "", window: { first: time(0), last: time(300 * SLICES) },
        coverage: [{
            sensor: "", source: `made-up${HOSTILE}.pcap`, filter: "", first: time(0), last: time(300 * SLICES), packets: 2500000, bytes: 1800000000, dropped: 120, duplicates: 0,
            duplicates_routed: 0, undecoded: 0, truncated: false, truncated_frames: 0, fragments_lost: 0, missing_bytes: 0, one_way_conversations: 0,
            evicted_flows: 0, evicted_conversations: 0, lost_facts: 0, unasked_flows: 0,
        }],
        tables: ["made-up"], table_chosen: false, table_reason: "", site: "synthetic", hosts, paths, rules: [],
        timeline: { first: time(0), slice_seconds: 300, slices: SLICES }, conversations: talks, scans: [],
        endpoints: hosts.filter((h) => h.roles[0].role === "mailbox").map((h, i) => ({
            server: h.addresses[0], transport: "tcp", port: 49155 + i, endpoint: "", protocol_sequence: "ncacn_ip_tcp", tower_address: "",
            interface: "a4f1db00-ca47-1067-b31f-00dd010662da", version: "0.81", name: "", annotation: HOSTILE, learned_from: ["ept_map"],
            clients: ["10.0.0.1"], users: ["10.0.0.1"], first: time(9), last: time(99), flows: 40, failed_flows: i, outside_range: false, ended: "", moved_to: 0,
            setting: "", setting_source: "", evidence: { source: "made-up.pcap", frame: 400 },
        })),
        findings: talks.filter((c) => c.verdict === "deviating").slice(0, 400).map((c, i) => ({
            id: i.toString(16).padStart(16, "0"), verdict: c.verdict, severity: ["high", "medium", "low"][i % 3], subject: `${c.client_name} -> ${c.server_name}: ${HOSTILE}`,
            explain: `Greeting: ${HOSTILE}`, advice: "", path: c.paths[0], client: c.client, server: c.server, transport: "tcp", port: c.port, excepted: "",
            evidence: [{ source: "made-up.pcap", frame: i + 1 }],
        })),
        weak_servers: hosts.filter((h) => !h.roles[0].role.endsWith("-client")).map((h, i) => ({
            name: h.name, high: 1, medium: i % 3, low: 0, info: 0, conversations: 40, weak_conversations: 1 + (i % 3), reasons: `passwords in clear on 25/tcp ${HOSTILE}`,
            weaknesses: Array.from({ length: 1 + (i % 3) }, (_, k) => ({
                kind: k === 0 ? "clear-password" : "not-encrypted", severity: k === 0 ? "high" : "medium", transport: "tcp", port: 25 + k, what: HOSTILE, conversations: 1, flows: 3,
                first: time(60), evidence: { source: "made-up.pcap", frame: 7 + k },
            })),
        })),
        summary: {
            conclusion: "findings",
            conversations: countBy(talks, [...new Set(verdicts)]),
            paths: countBy(paths, ["failing", "deviating", "satisfied"]),
        },
    };
}

// As reports/html.c writes it.
export const pageOf = (template, audit) =>
    template.replace("@AUDIT@", () => JSON.stringify(audit).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`));
