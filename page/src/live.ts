// A page that `pathaudit watch` serves holds no audit but a word that says so; the audit, and each one after it, is
// fetched from where the page came from. A page that stands in a file never comes here, and its policy forbids it.
import type { Audit } from "./audit";
import { choose, now, type Live } from "./state";

const RETRY_MS = 2000;
const LAST_RETRY_MS = 200; // where the run has ended, and waits for its pages

export const isLive = (schema: string): boolean => schema.startsWith("pathaudit.live/");

const change = (part: Partial<Live>): void => {
    choose({ live: { state: "waiting", number: 0, made: "", packets: 0, dropped: 0, ...now().live, ...part } });
};

export function live(show: (audit: Audit) => void): void {
    let wanted = 0; // the number of the newest audit that was told of
    let shown = 0;
    let fetching = false;
    let ending = false; // the run goes once its pages have left, or after a few seconds
    let events: EventSource;

    function leave(): void {
        events.close();
        change({ state: "ended" });
    }

    async function bring(): Promise<void> {
        if (ending && shown >= wanted) leave();
        if (fetching || (document.hidden && !ending) || shown >= wanted) return;
        fetching = true;
        const number = wanted;
        try {
            const answer = await fetch("audit.json");
            if (!answer.ok) throw new Error(String(answer.status));
            show((await answer.json()) as Audit);
            shown = number;
        } catch {
            if (now().live?.state !== "ended") setTimeout(() => void bring(), ending ? LAST_RETRY_MS : RETRY_MS);
        }
        fetching = false;
        if (shown === number) void bring(); // another was made meanwhile
    }

    function follow(): void {
        events = new EventSource("events");
        events.addEventListener("audit", (event) => {
            const { number, made } = JSON.parse(event.data) as { number: number; made: string };
            if (number < wanted) shown = 0; // another run behind the same address
            wanted = number;
            change({ state: "live", number, made });
            void bring();
        });
        events.addEventListener("now", (event) => {
            change({ state: now().live?.number === 0 ? "waiting" : "live", ...(JSON.parse(event.data) as { packets: number; dropped: number }) });
        });
        events.addEventListener("end", () => {
            ending = true;
            void bring();
        });
        events.addEventListener("error", () => {
            if (ending) return leave();
            change({ state: "lost" });
            if (events.readyState === EventSource.CLOSED) setTimeout(follow, RETRY_MS); // an answer that is no stream: a browser gives up there
        });
    }

    change({});
    follow();
    document.addEventListener("visibilitychange", () => void bring());
}
