// One file out: script and style inside the page, and a policy that allows these two by their hashes and nothing else.
import { createHash } from "node:crypto";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;

const textsOf = (html: string, element: string): string[] =>
    [...html.matchAll(new RegExp(`<${element}(?![^>]*application/json)[^>]*>([^]*?)</${element}>`, "g"))].map((m) => m[1] ?? "");

// Runs last: the texts must be the ones that the browser sees.
const policy = (): Plugin => ({
    name: "policy",
    enforce: "post",
    generateBundle: {
        order: "post",
        handler(_options, bundle): void {
            for (const file of Object.values(bundle)) {
                if (file.type !== "asset" || !file.fileName.endsWith(".html")) continue;
                const html = String(file.source).replace(/ crossorigin| rel="stylesheet"/g, "");
                const list = (element: string): string => textsOf(html, element).map(hashOf).join(" ");
                const words = `default-src 'none'; script-src ${list("script")}; style-src ${list("style")}; base-uri 'none'; form-action 'none'`;
                file.source = html.replace("@POLICY@", () => words);
            }
        },
    },
});

export default defineConfig({
    esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
    build: {
        target: "es2021",
        modulePreload: false,
        outDir: process.env.PAGE_OUT ?? "dist",
        emptyOutDir: false,
        rollupOptions: { input: "page.html" },
    },
    plugins: [viteSingleFile({ removeViteModuleLoader: true }), policy()],
});
