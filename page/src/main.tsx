// The way in: the audit that stands in the page is shown; `pathaudit.show` shows another, as a live run needs it.
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import { App } from "./app";
import type { Audit } from "./audit";
import { gridOf } from "./grid";
import { isLive, live } from "./live";
import { modelOf } from "./model";
import { choose, now } from "./state";
import "./style.css";

declare global {
    interface Window {
        pathaudit: { show: (audit: Audit) => void };
    }
}

// Whatever was filtered, sorted, scrolled to or opened stays.
export function show(audit: Audit): void {
    if (!String(audit.schema).startsWith("pathaudit.audit/")) {
        choose({ trouble: "What stands in this page is no audit." });
        return;
    }
    const model = modelOf(audit);
    choose({ model, grid: gridOf(model, now().axis), trouble: "" });
    document.title = `pathaudit: ${audit.coverage.map((c) => c.source).join(", ") || "audit"}`;
}

function first(): void {
    const text = document.getElementById("audit")?.textContent ?? "";
    try {
        const audit = JSON.parse(text) as Audit;
        if (isLive(String(audit.schema))) live(show);
        else show(audit);
    } catch {
        choose({ trouble: "The audit in this page is missing or cut off: was the file written to its end?" });
    }
}

window.pathaudit = { show };
const place = document.getElementById("page");
if (place !== null) {
    place.replaceChildren();
    render(<App />, place);
    first();
}
