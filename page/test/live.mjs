// The page of a live run in a real browser: it shows each audit as it comes, keeps what was chosen, and tells the end.
//   node test/live.mjs BINARY   (from the root of the tree; needs chromium and page/node_modules)
import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const TOKEN = "correct-horse-battery-staple";
const binary = process.argv[2];
const work = mkdtempSync(join(tmpdir(), "live-"));
const capture = readFileSync("pcaps/all_in_one.pcap");
const FIRST = 200000;
let bad = 0;

function check(holds, text) {
    if (holds) return;
    bad++;
    console.log(`FAIL: ${text}`);
}

// `watch` on a file that holds the first part of a capture, once it says where its page is.
async function watching(name, { env = {}, every = "1" } = {}) {
    const file = join(work, `${name}.pcap`);
    writeFileSync(file, capture.subarray(0, FIRST));
    const process_ = spawn(binary, ["watch", "-r", file, "--follow", "-s", "pcaps/lab.yaml", "--every", every, "--listen", "127.0.0.1:0", "--findings", join(work, name)],
        { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] });
    const address = await new Promise((found, failed) => {
        let said = "";
        process_.stderr.on("data", (text) => {
            said += text;
            const match = /http:\S+/.exec(said);
            if (match) found(match[0]);
        });
        process_.on("exit", () => failed(new Error(`watch ended: ${said}`)));
    });
    return { address, grow: () => appendFileSync(file, capture.subarray(FIRST)), end: () => process_.kill("SIGINT") };
}

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function opened(address, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20000);
    page.on("console", (message) => check(!["error", "warning"].includes(message.type()), `the console says: ${message.text()}`));
    page.on("pageerror", (error) => check(false, `an error: ${error.message}`));
    page.on("request", (request) => check(request.url().startsWith(address), `asks for ${request.url()}`));
    await page.goto(address);
    return page;
}

async function a_page_follows_the_run_and_keeps_what_was_chosen() {
    const run = await watching("follows");
    const page = await opened(run.address);
    await page.waitForSelector("#talks .line:not(.heads)");
    await page.waitForSelector(".live.live");
    check((await page.locator(".facts").textContent()).includes("937,"), "the first part is shown");
    await page.locator("input[type=search]").fill("389/tcp");
    const before = await page.locator("#talks .line:not(.heads)").count();
    run.grow();
    await page.waitForFunction(() => document.querySelector(".facts").textContent.includes("2,609,"));
    check((await page.locator("input[type=search]").inputValue()) === "389/tcp", "the filter stays");
    check((await page.locator("#talks .line:not(.heads)").count()) >= before, "what it shows is there still");
    await page.waitForFunction(() => document.querySelector(".live").textContent.includes("2,609 packets so far"));
    if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
    run.end();
    await page.waitForSelector(".live.ended");
    check((await page.locator("#talks .line:not(.heads)").count()) > 0, "the last audit stays");
    await page.context().close();
}

async function a_page_that_was_turned_away_asks_again() {
    const run = await watching("again");
    const context = await browser.newContext(), page = await context.newPage();
    page.setDefaultTimeout(20000);
    let refused = 0;
    await page.route("**/events", (route) => (refused++ === 0 ? route.fulfill({ status: 503, body: "too many pages" }) : route.continue()));
    await page.goto(run.address);
    await page.locator(".before .lost").waitFor(); // says so before there is an audit
    await page.waitForSelector(".live.live");
    await page.waitForSelector("#talks .line:not(.heads)");
    check(refused > 1, "asks again after a 503");
    run.end();
    await page.waitForSelector(".live.ended");
    await context.close();
}

async function the_last_audit_reaches_a_page_that_is_slow() {
    const run = await watching("last", { every: "3600" });
    const page = await opened(run.address);
    await page.waitForSelector("#talks .line:not(.heads)");
    run.grow();
    await page.waitForFunction(() => document.querySelector(".live").textContent.includes("2,609 packets so far"));
    check((await page.locator(".facts").textContent()).includes("937,"), "the next audit is an hour away");
    await page.route("**/audit.json", async (route) => {
        await new Promise((over) => setTimeout(over, 700));
        await route.continue();
    });
    run.end();
    await page.waitForSelector(".live.ended");
    check((await page.locator(".facts").textContent({ timeout: 2000 })).includes("2,609,"), "the audit of the end is shown");
    await page.context().close();
}

async function a_token_is_asked_for_as_a_password() {
    const run = await watching("token", { env: { PATHAUDIT_TOKEN: TOKEN } });
    const page = await opened(run.address, { httpCredentials: { username: "anybody", password: TOKEN } });
    await page.waitForSelector("#talks .line:not(.heads)");
    await page.waitForSelector(".live.live");
    run.end();
    await page.waitForSelector(".live.ended");
    await page.context().close();
}

for (const test of [a_page_follows_the_run_and_keeps_what_was_chosen, a_page_that_was_turned_away_asks_again, the_last_audit_reaches_a_page_that_is_slow, a_token_is_asked_for_as_a_password]) {
    const before = bad;
    await test().catch((error) => check(false, error.message));
    console.log(`${bad === before ? "ok    " : "FAILED"} ${test.name.replaceAll("_", " ")}`);
}
await browser.close();
rmSync(work, { recursive: true });
process.exit(bad > 0 ? 1 : 0);
