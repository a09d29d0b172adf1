// What takes something from the picture, in sentences: the same as the text report says under "What limits this picture".
import type { Audit, Conversation, Coverage } from "./audit";
import { at, bytes, count, counted, share, span } from "./format";

const EXAMPLES = 3;

const few = (names: string[], separator: string): string =>
    names.slice(0, EXAMPLES).join(separator) + (names.length > EXAMPLES ? ` and ${count(names.length - EXAMPLES)} more` : "");

type Say = (n: number, text: () => string) => void;

function expected(audit: Audit, say: Say): void {
    const names = (test: (p: Audit["paths"][number]) => boolean): string[] => audit.paths.filter(test).map((p) => `${p.name} (from ${p.from})`);
    const never = names((p) => p.required === "yes" && p.verdict === "not-exercised");
    const hidden = names((p) => p.verdict === "unobservable");
    say(never.length, () => `${counted(never.length, "required row was", "required rows were")} never attempted: ${few(never, "; ")}. Nothing is known of ${never.length === 1 ? "it" : "them"}; a longer capture may show ${never.length === 1 ? "it" : "them"}.`);
    say(hidden.length, () => `${counted(hidden.length, "row", "rows")} could not be observed well enough for a verdict: ${few(hidden, "; ")}.`);
}

function losses(audit: Audit, say: Say): void {
    const sum = (of: (c: Coverage) => number): number => audit.coverage.reduce((n, c) => n + of(c), 0);
    const each = (n: number, one: string, many: string, rest: string): void => say(n, () => counted(n, one, many) + rest);
    const packets = sum((c) => c.packets), dropped = sum((c) => c.dropped), duplicates = sum((c) => c.duplicates);
    const missing = sum((c) => c.missing_bytes), full = sum((c) => c.evicted_conversations);
    each(sum((c) => c.one_way_conversations), "conversation was", "conversations were", " seen in one direction only: whether it worked cannot be told. Does the capture point see both directions?");
    each(dropped, "packet was", "packets were", ` dropped while capturing (${share(dropped, packets + dropped)} of all): what was in them is not in this report.`);
    say(missing, () => `${bytes(missing)} of data was sent and not captured: connections have gaps, or packets were cut.`);
    each(sum((c) => c.fragments_lost), "IP fragment", "IP fragments", " stayed without the rest of the packet and could not be read.");
    for (const c of audit.coverage) say(Number(c.truncated), () => `${c.source} ends in the middle of a packet: it was read up to there.`);
    each(sum((c) => c.truncated_frames), "packet was", "packets were", " captured shorter than sent; content beyond the cut is unknown (snap length?).");
    each(sum((c) => c.undecoded), "frame", "frames", " could not be read as IP.");
    each(duplicates, "duplicate", "duplicates", ` of a mirror ${duplicates === 1 ? "was" : "were"} taken out (${share(duplicates, packets)}).`);
    const unlisted = audit.paths.reduce((n, p) => n + (p.pairs_without_room ?? 0), 0);
    each(unlisted, "pair of hosts", "pairs of hosts", ` found no room in the lists of rows; the rows' verdicts count ${unlisted === 1 ? "it" : "them"}. --memory gives more.`);
    each(sum((c) => c.evicted_flows), "flow", "flows", " had to make room before the end: what these said later was not read. --memory gives more.");
    say(full, () => `Memory was full ${counted(full, "time", "times")} when a flow was to be counted: these flows are in no conversation, or count with similar ones. --memory gives more.`);
    each(sum((c) => c.lost_facts), "detail", "details", " (a name, a method, a port that was handed out) found no room.");
    each(sum((c) => c.unasked_flows), "flow", "flows", " stayed without a name: nDPI was not asked about them, to keep up.");
    each(sum((c) => c.lost_rows ?? 0), "row", "rows", " of observations found no room at a sensor while the database was away, and are lost: what they told is in no conversation of this report.");
    for (const filter of new Set(audit.coverage.map((c) => c.filter)))
        say(filter.length, () => `Only what the filter “${filter}” lets through was looked at.`);
}

function judging(audit: Audit, say: Say): void {
    const of = (word: string): number => audit.summary.conversations[word] ?? 0;
    const hiding = (check: "authentication_check" | "encryption_check"): number =>
        audit.conversations.filter((c: Conversation) => c.sessions.some((s) => s[check] === "not-observable")).length;
    const undetermined = of("undetermined"), unclassified = of("unclassified"), authentication = hiding("authentication_check"), encryption = hiding("encryption_check");
    const attempts = audit.scans.reduce((n, scan) => n + scan.flows, 0);
    say(attempts, () => `${counted(audit.scans.length, "client tried", "clients tried")} very many places in vain: these ${counted(attempts, "attempt is", "attempts are")} added up and compared with no row, so one that a row expects would not show.`);
    say(unclassified, () => `${counted(unclassified, "conversation has", "conversations have")} an end without a role and cannot be judged: give these hosts a role in the site file.`);
    say(undetermined, () => `${counted(undetermined, "conversation is", "conversations are")} undetermined: too little of ${undetermined === 1 ? "it" : "them"} was seen.`);
    say(authentication, () => `How clients authenticate is not visible in ${counted(authentication, "conversation", "conversations")} (inside TLS, the start was missed, or the protocol is not one that pathaudit reads).`);
    say(encryption, () => `Whether data is encrypted is not visible in ${counted(encryption, "conversation", "conversations")} (the start was missed, IPsec hides it, or the protocol is not one that pathaudit reads).`);
}

export function unseen(audit: Audit): string[] {
    const length = at(audit.window.last) - at(audit.window.first);
    const silent = audit.summary.paths["not-exercised"] ?? 0;
    const list = length >= 0
        ? [`The capture covers ${span(length)}${silent > 0 ? `; ${counted(silent, "row was", "rows were")} not exercised in that time` : ""}.`]
        : [];
    const say: Say = (n, text) => void (n > 0 && list.push(text()));
    expected(audit, say);
    losses(audit, say);
    judging(audit, say);
    return list;
}
