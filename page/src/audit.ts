// The audit as it stands in the page: pathaudit.audit/1 (docs/schema). Only what the page reads is named here.

export interface Evidence {
    source: string;
    frame: number;
}

export interface Role {
    role: string;
    how: string;
    evidence: string[];
}

export interface Host {
    name: string;
    network?: string; // an audit that an older version wrote has none
    addresses: string[];
    names: string[];
    roles: Role[];
    conflicts: string[];
    declared: boolean;
    seen: boolean;
}

export interface Pair {
    client: string;
    server: string;
    verdict: string;
    reason: string;
}

export interface Path {
    table: string;
    id: string;
    name: string;
    section: string;
    from: string;
    to: string;
    ports: string[];
    required: string;
    verdict: string;
    probable: boolean;
    verified: boolean;
    reason: string;
    conversations: number;
    bytes: number;
    authentication: string[];
    encryption: string[];
    ports_seen: string[];
    pairs: Pair[];
    pairs_left_out?: number; // those without room among them
    pairs_without_room?: number;
    source: string;
    expected: {
        authentication: { default: string[]; supported: string[] };
        encryption: { default: string; supported: string[]; floor: string };
    };
    cells: {
        ports: string;
        default_authentication: string;
        supported_authentication: string;
        encryption: string;
        encrypted_by_default: string;
    };
    note: string;
}

export interface Session {
    disposition: string;
    authentication: string;
    encryption: string;
    protection: string;
    verdict: string;
    encryption_check: string;
    authentication_check: string;
    why: string;
    flows: number;
    first: string;
    last: string;
    evidence: Evidence;
}

// Slice, packets, bytes, flows that ended, those of them that failed.
export type Cell = [number, number, number, number, number];

export interface Conversation {
    client: string;
    server: string;
    client_name: string;
    server_name: string;
    transport: string;
    port: number;
    tunnel: string;
    network?: string;
    protocol: string;
    services: string[];
    second_opinion: string;
    recognised_by: string;
    match: string;
    grade: string;
    probable: boolean;
    paths: string[];
    allowed_by: string[];
    verdict: string;
    nearest: { path: string; why: string };
    sessions: Session[];
    dispositions: Record<string, number>;
    flows: number;
    packets_to_server: number;
    packets_to_client: number;
    bytes_to_server: number;
    bytes_to_client: number;
    missing_bytes: number;
    client_decided_by: string;
    first: string;
    last: string;
    facts: Record<string, string[]>;
    timeline: Cell[];
}

export interface Scan {
    client: string;
    client_name: string;
    transport: string;
    verdict: string;
    hosts: number;
    more_hosts: boolean;
    more_ports: boolean;
    ports: number;
    lowest_ports: number[];
    flows: number;
    dispositions: Record<string, number>;
    first: string;
    last: string;
    evidence: Evidence[];
}

export interface Endpoint {
    server: string;
    network?: string;
    transport: string;
    port: number;
    endpoint: string;
    protocol_sequence: string;
    interface: string;
    version: string;
    name: string;
    annotation: string;
    learned_from: string[];
    clients: string[];
    users: string[];
    first: string;
    last: string;
    flows: number;
    failed_flows: number;
    outside_range: boolean;
    ended: string;
    moved_to: number;
    setting: string;
    evidence: Evidence;
}

export interface Finding {
    id: string;
    verdict: string;
    severity: string;
    subject: string;
    explain: string;
    advice: string;
    path: string;
    client: string;
    server: string;
    network?: string;
    transport: string;
    port: number;
    excepted: string;
    evidence: Evidence[];
}

export interface Weakness {
    kind: string;
    severity: string;
    transport: string;
    port: number;
    what: string;
    conversations: number;
    flows: number;
    first: string;
    evidence: Evidence;
}

export interface WeakServer {
    name: string;
    high: number;
    medium: number;
    low: number;
    info: number;
    conversations: number;
    weak_conversations: number;
    reasons: string;
    weaknesses: Weakness[];
}

export interface Coverage {
    sensor: string;
    source: string;
    filter: string;
    first: string;
    last: string;
    packets: number;
    bytes: number;
    dropped: number;
    duplicates: number;
    duplicates_routed: number;
    undecoded: number;
    truncated: boolean;
    truncated_frames: number;
    fragments_lost: number;
    missing_bytes: number;
    one_way_conversations: number;
    evicted_flows: number;
    evicted_conversations: number;
    lost_facts: number;
    unasked_flows: number;
    lost_rows: number;
}

export interface Rule {
    table: string;
    id: string;
    name: string;
    verdict: string;
    probable: boolean;
    conversations: number;
}

export interface Audit {
    schema: string;
    version: string;
    anonymized: string;
    window: { first: string; last: string };
    coverage: Coverage[];
    tables: string[];
    table_chosen: boolean;
    table_reason: string;
    site: string;
    hosts: Host[];
    paths: Path[];
    rules: Rule[];
    timeline: { first: string; slice_seconds: number; slices: number };
    conversations: Conversation[];
    scans: Scan[];
    endpoints: Endpoint[];
    findings: Finding[];
    weak_servers: WeakServer[];
    summary: { conclusion: string; conversations: Record<string, number>; paths: Record<string, number> };
}
