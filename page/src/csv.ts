// A table as CSV (RFC 4180) into the clipboard. Every text in quotes; what a spreadsheet would calculate gets an
// apostrophe, as in `-T csv`.

export type Value = string | number;

function quoted(value: Value): string {
    const text = String(value).replace(/[\r\n\t]+/g, " ");
    const formula = typeof value === "string" && /^\s*[=+\-@＝＋－＠]/.test(text);
    return `"${formula ? "'" : ""}${text.replace(/"/g, '""')}"`;
}

export const csv = (columns: string[], lines: Value[][]): string =>
    [columns, ...lines].map((line) => line.map(quoted).join(",") + "\r\n").join("");

// Where the clipboard may not be used directly, by way of a selection.
function copyBySelection(text: string): boolean {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "aside";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
}

export async function copy(text: string): Promise<boolean> {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        return copyBySelection(text);
    }
}
