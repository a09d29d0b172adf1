// Verdicts are told apart by people who do not see red, green or blue, and what is written in or on a verdict's colour can be
// read: computed from the colours of style.css, in light and dark.
//   node test/colours.mjs   (from page/; needs nothing but node)
// Sources: deficiencies of colour vision as in Machado, Oliveira and Fernandes, "A Physiologically-based Model for
// Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), matrices of severity 1.0, applied to linear RGB; sRGB as in
// IEC 61966-2-1; distance as CIE 1976 L*a*b*, of which 2.3 can just be noticed; contrast as in WCAG 2.2, 1.4.3 and 1.4.11.
import { readFileSync } from "node:fs";

const APART = 15; // between any two families
const TEXT = 4.5, SHAPE = 3; // contrast, WCAG AA

const sight = {
    "all colours": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

const families = ["bad", "weak", "strange", "doubt", "good"];

// Words and shapes on what they stand on.
const written = [
    ...[...families, "none", "muted", "accent", "ink"].flatMap((word) => [[word, "paper"], [word, "page"]]),
    ["muted", "soft"], ["accent", "soft"], ["weak", "weak-soft"], ["doubt", "doubt-soft"], ["muted", "none-soft"], ["paper", "bad"], ["paper", "accent"],
    ...families.map((word) => ["ink", `${word}-soft`]),
];
const drawn = families.flatMap((word) => [[word, `${word}-soft`], [word, "soft"], [word, "none-soft"]]);

const linear = (hex) => [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
});

const luminance = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

export function contrast(one, other) {
    const [low, high] = [luminance(linear(one)), luminance(linear(other))].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
}

const seenWith = (matrix, rgb) => matrix.map((row) => Math.min(1, Math.max(0, row.reduce((sum, m, i) => sum + m * rgb[i], 0))));

function lab([r, g, b]) {
    const white = [0.95047, 1, 1.08883];
    const [x, y, z] = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
        .map(([m, n, o], i) => (m * r + n * g + o * b) / white[i])
        .map((t) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29));
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (one, other, matrix) => {
    const a = lab(seenWith(matrix, linear(one))), b = lab(seenWith(matrix, linear(other)));
    return Math.hypot(...a.map((value, i) => value - b[i]));
};

function coloursOf(block) {
    return Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]));
}

let bad = 0;
function check(holds, text) {
    if (holds) return;
    bad++;
    console.log(`FAIL: ${text}`);
}

// What is known of the formulas themselves.
check(Math.abs(contrast("#ffffff", "#000000") - 21) < 1e-9, "black on white is 21");
check(Math.abs(contrast("#ffffff", "#767676") - 4.54) < 0.01, "the grey that just will do");
check(Math.abs(distance("#ffffff", "#000000", sight["all colours"]) - 100) < 0.01, "black is 100 from white");
for (const [name, matrix] of Object.entries(sight))
    check(matrix.every((row) => Math.abs(row[0] + row[1] + row[2] - 1) < 1e-5), `${name} leaves grey as it is`);
check(distance("#ff0000", "#7a6b00", sight.protanopia) < distance("#ff0000", "#7a6b00", sight["all colours"]) / 2, "red fades without red cones");

const css = readFileSync("src/style.css", "utf8");
const blocks = [...css.matchAll(/:root[^{]*\{([^}]*--page[^}]*)\}/g)].map((m) => coloursOf(m[1])).filter((block) => block.bad !== undefined);
check(blocks.length === 3, `light, dark by system and dark by choice: ${blocks.length}`);
const [light, dark, chosen] = blocks;
check(JSON.stringify(dark) === JSON.stringify(chosen), "dark is the same whoever asks for it");

for (const [theme, colours] of Object.entries({ light, dark })) {
    for (const [pairs, least] of [[written, TEXT], [drawn, SHAPE]])
        for (const [front, back] of pairs) {
            const found = contrast(colours[front], colours[back]);
            check(found >= least, `${theme}: ${front} on ${back} has a contrast of ${found.toFixed(2)}, under ${least}`);
        }
    for (const [name, matrix] of Object.entries(sight)) {
        const pairs = families.flatMap((one, i) => families.slice(i + 1).map((other) => ({ one, other, d: distance(colours[one], colours[other], matrix) })));
        pairs.sort((a, b) => a.d - b.d);
        for (const { one, other, d } of pairs) check(d >= APART, `${theme}, ${name}: ${one} and ${other} are ${d.toFixed(1)} apart, under ${APART}`);
        console.log(`${theme}, ${name}: closest ${pairs.slice(0, 3).map((p) => `${p.one}/${p.other} ${p.d.toFixed(1)}`).join(", ")}`);
    }
}
process.exit(bad > 0 ? 1 : 0);
