// Verdicts of conversations, rows and findings: how bad each is, to which family it belongs, what it means. A family has
// a colour, and besides a shape of its own (icon.tsx): colour alone says nothing.

export type Family = "bad" | "weak" | "strange" | "doubt" | "good" | "none";

interface Verdict {
    word: string;
    family: Family;
    means: string;
}

// Worst first; this order is the order of sorting.
const all: Verdict[] = [
    { word: "broken-chain", family: "bad", means: "a server named a place, and nobody reaches it" },
    { word: "failing", family: "bad", means: "only attempts, none succeeds" },
    { word: "blocked", family: "bad", means: "expected, and no answer came" },
    { word: "forbidden-seen", family: "bad", means: "must not happen, and does" },
    { word: "missing", family: "bad", means: "required, and never attempted" },
    { word: "deviating", family: "weak", means: "seen, but weaker than expected" },
    { word: "degraded", family: "weak", means: "some attempts succeed, some fail" },
    { word: "refused", family: "bad", means: "expected, and the server said no" },
    { word: "unexpected", family: "strange", means: "works, and no row expects it" },
    { word: "unexpected-attempt", family: "strange", means: "tried in vain, and no row expects it" },
    { word: "undetermined", family: "doubt", means: "not enough was seen to judge" },
    { word: "unobservable", family: "doubt", means: "what was captured allows no word" },
    { word: "unclassified", family: "doubt", means: "one end has no role" },
    { word: "satisfied", family: "good", means: "seen, as expected" },
    { word: "conforming", family: "good", means: "as expected" },
    { word: "not-exercised", family: "none", means: "expected, and never attempted: nothing is known of it" },
    { word: "not-applicable", family: "none", means: "no two hosts here have these roles" },
    { word: "out-of-scope", family: "none", means: "neither end belongs to the site" },
];

const places = new Map(all.map((v, i) => [v.word, i]));

export const rank = (word: string): number => places.get(word) ?? all.length;

export const family = (word: string): Family => all[rank(word)]?.family ?? "doubt";

export const meaning = (word: string): string => all[rank(word)]?.means ?? "";

export const worst = (words: Iterable<string>): string => {
    let found = "";
    for (const word of words) if (found === "" || rank(word) < rank(found)) found = word;
    return found;
};

export const byRank = (a: string, b: string): number => rank(a) - rank(b);
