// The page in a real browser, opened from disk: it reads as meant, whatever a stranger's names hold, and asks for nothing.
//   node test/browser.mjs BINARY   (from the root of the tree; needs chromium and page/node_modules)
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { auditOf, HOSTILE, pageOf } from "./synthetic.mjs";

const binary = process.argv[2];
const work = mkdtempSync(join(tmpdir(), "page-"));
const template = readFileSync("page/dist/page.html", "utf8");
let bad = 0;

function check(holds, text) {
    if (holds) return;
    bad++;
    console.log(`FAIL: ${text}`);
}

function audited(name, capture, site) {
    const file = join(work, name);
    try {
        execFileSync(binary, ["audit", "-r", capture, "-s", site, "-T", "html", "-o", file]);
    } catch (error) {
        check(error.status === 1 || error.status === 3, `audit ends with ${error.status}`);
    }
    return file;
}

const lab = () => audited("lab.html", "pcaps/all_in_one.pcap", "pcaps/lab.yaml");
const demo = () => audited("demo.html", "pcaps/scenes/demo.pcap", "pcaps/scenes/demo.yaml"); // as "make demo" writes it

function large() {
    const file = join(work, "large.html");
    writeFileSync(file, pageOf(template, auditOf(10000)));
    return file;
}

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// A fresh tab with this file; what it says on its console or asks for is a failure.
async function opened(file, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(10000);
    page.on("console", (message) => check(!["error", "warning"].includes(message.type()), `the console says: ${message.text()}`));
    page.on("pageerror", (error) => check(false, `an error: ${error.message}`));
    page.on("request", (request) => check(request.url() === `file://${file}`, `asks for ${request.url()}`));
    const begin = Date.now();
    await page.goto(`file://${file}`);
    await page.waitForSelector("#talks .line:not(.heads)");
    return { page, took: Date.now() - begin };
}

const texts = (page, selector) => page.locator(selector).allTextContents();
const lines = (page) => page.locator("#talks .line:not(.heads)").count();
const told = async (page) => (await page.locator("#talks .lead").first().textContent()) ?? "";

async function the_lab_reads_from_top_to_bottom() {
    const { page } = await opened(lab());
    check((await page.locator("h1").textContent()).startsWith("Not conforming."), "the verdict comes first");
    const parts = await texts(page, "h2");
    for (const title of ["What needs attention", "Servers by weakness", "Who talks to whom", "Rows of the table", "Conversations", "Ports handed out", "Timeline", "What limits this picture"])
        check(parts.includes(title), `a part is called ${title}`);
    check((await texts(page, "#places h3")).some((text) => text.includes("dc")), "dynamic ports stand under their server");
    check((await page.locator("#rows tbody .observed").count()) > 10, "rows have what was observed beside");
    check((await page.locator("#timeline .lane path").count()) > 5, "the timeline has lanes");
    await page.locator("#findings summary").first().click();
    check((await page.locator("#findings .more .mono").first().isVisible()), "a finding opens to its evidence");
    await page.context().close();
}

// Is all of it in sight, before anybody scrolls?
async function inSight(page, selector) {
    const box = await page.locator(selector).boundingBox(), size = page.viewportSize();
    return box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= size.width && box.y + box.height <= size.height;
}

async function the_blocked_path_is_in_sight_and_one_click_shows_its_evidence() {
    for (const [width, height, colorScheme] of [[1280, 800, "light"], [1280, 800, "dark"], [390, 844, "light"]]) {
        const { page } = await opened(demo(), { viewport: { width, height }, colorScheme });
        check((await page.locator("#blocked h2").textContent()).trim() === "1 path is blocked", "says how many paths are blocked");
        const line = await page.locator("#blocked .answer-line").textContent();
        for (const word of ["cas → dc 49154/tcp", "samr", "no answer since 13:12:55 UTC", "frame 316", "dc itself had sent cas to this port"])
            check(line.includes(word), `the blocked path says ${word}: ${line}`);
        check(await inSight(page, "#blocked"), `the blocked path is in sight at ${width} x ${height}`);
        await page.locator("#blocked .answer-line").click();
        const detail = await page.locator("dialog").textContent();
        for (const word of ["cas cannot reach samr on dc", "endpoint mapper gave 49154", "allow 49154/tcp cas -> dc", "frame 316", "0 packets, 0 B"])
            check(detail.includes(word), `its evidence says ${word}`);
        await page.context().close();
    }
}

async function the_weakest_server_is_in_sight_and_one_click_shows_why() {
    for (const [width, height] of [[1280, 800], [390, 844]]) {
        const { page } = await opened(demo(), { viewport: { width, height } });
        check((await page.locator("#weakest h2").textContent()).trim() === "Weakest server: cas", "names the weakest server");
        check((await page.locator("#weakest").textContent()).includes("2 high, 1 medium"), "and how weak it is");
        check(await inSight(page, "#weakest"), `the weakest server is in sight at ${width} x ${height}`);
        await page.locator("#weakest .answer-line").click();
        const detail = await page.locator("dialog").textContent();
        for (const word of ["Passwords in clear on 80/tcp: HTTP Basic without TLS", "Passwords in clear on 110/tcp", "Old TLS on 993/tcp: encrypted with TLS 1.0",
            "Doubtful certificate", "frame 331", "let cas take passwords only after encryption", "4 conversations with it"])
            check(detail.includes(word), `its reasons say ${word}`);
        await page.locator("dialog").getByRole("button", { name: "Show the conversation" }).first().click();
        check((await page.locator("dialog h2").textContent()) === "desk → cas 80/tcp", "a reason leads to its conversation");
        check((await page.evaluate(() => document.activeElement.textContent)).endsWith("Back to cas"), "the focus does not get lost");
        await page.keyboard.press("Enter");
        check((await page.locator("dialog h2").textContent()) === "cas", "and there is a way back");
        await page.context().close();
    }
}

async function servers_are_ranked_and_open() {
    const { page } = await opened(demo());
    check((await texts(page, "#servers .name")).join() === "cas,hub", "the weakest comes first, servers without weakness are left out");
    await page.locator("#servers .name", { hasText: "hub" }).click();
    check((await page.locator("dialog").textContent()).includes("No encryption on 25/tcp"), "a server opens to its weaknesses");
    await page.keyboard.press("Escape");
    await page.locator("input[type=search]").fill("110/tcp");
    await page.waitForFunction(() => document.querySelectorAll("#servers .name").length === 1);
    await page.context().close();
}

// Tab to each answer, Enter, Escape: the focus comes back. And what a screen reader is told.
async function the_walk_needs_no_mouse_and_no_eyes() {
    const { page } = await opened(demo(), { viewport: { width: 1280, height: 800 } });
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    const closed = async () => {
        await page.keyboard.press("Escape");
        await page.locator("dialog h2").waitFor({ state: "detached" });
    };
    for (let i = 0; i < 4 && !(await focused()).startsWith("cas → dc"); i++) await page.keyboard.press("Tab");
    check((await focused()).startsWith("cas → dc"), `the blocked path is among the first four stops: ${await focused()}`);
    await page.keyboard.press("Enter");
    check((await page.locator("dialog h2").textContent()) === "cas → dc 49154/tcp", "Enter opens it");
    await closed();
    check((await focused()).startsWith("cas → dc"), "the focus comes back");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    check((await page.locator("dialog h2").textContent()) === "cas", "the next stop is the weakest server");
    await closed();
    const tree = await page.locator("body").ariaSnapshot();
    for (const line of ['region "1 path is blocked"', 'heading "1 path is blocked" [level=2]', 'button "cas to dc 49154/tcp Show why samr: no answer since 13:12:55 UTC',
        'region "Weakest server: cas"', 'button "2 high, 1 medium Show why Passwords in clear', 'link "Servers"', 'region "Servers by weakness"'])
        check(tree.includes(line), `a screen reader is told ${line}`);
    await page.context().close();
}

async function what_could_not_be_judged_is_not_called_good() {
    const doubtful = (await opened(audited("one.html", "pcaps/scenes/one_direction.pcap", "pcaps/scenes/missing.yaml"))).page;
    check((await doubtful.locator("#blocked").textContent()).includes("2 conversations could not be judged"), "a doubt is told");
    check((await doubtful.locator(".answer.doubt").count()) === 2, "and looks like one");
    await doubtful.context().close();
    const good = (await opened(audited("good.html", "pcaps/scenes/conforming.pcap", "pcaps/scenes/mail.yaml"))).page;
    check((await good.locator(".answer.good").count()) === 2, "what is good looks good");
    await good.evaluate(() => {
        const audit = JSON.parse(document.getElementById("audit").textContent);
        audit.findings.push({ id: "0", verdict: "blocked", severity: "high", subject: "", explain: "", advice: "", path: "", client: "", server: "", transport: "", port: 0, excepted: "known", evidence: [] });
        window.pathaudit.show(audit);
    });
    await good.waitForSelector(".answer.doubt");
    check((await good.locator("#weakest").textContent()).includes("the site file excepts 1 finding"), "exceptions are told");
    await good.context().close();
}

async function each_family_of_verdicts_has_a_shape_of_its_own() {
    const { page } = await opened(lab());
    const shapes = await page.locator(".legend .icon").evaluateAll((icons) => icons.map((icon) => icon.innerHTML));
    check(shapes.length === 6 && new Set(shapes).size === 6, `six shapes: ${new Set(shapes).size}`);
    const mute = await page.evaluate(() => [...document.querySelectorAll(".verdict, .chip")].filter((e) => !/[a-z]/.test(e.textContent)).length);
    check(mute === 0, "no verdict without its word");
    await page.context().close();
}

async function filters_sort_and_cells_lead_to_conversations() {
    const { page } = await opened(lab());
    const all = await lines(page);
    await page.keyboard.press("/");
    await page.keyboard.type("imap dovecot-nothing");
    check((await lines(page)) === 0, "all words must occur");
    await page.locator("input[type=search]").fill("143/tcp");
    await page.waitForFunction(() => document.querySelectorAll("#talks .line:not(.heads)").length === 1);
    check((await told(page)).includes("1 of 38"), `says how many are shown: ${await told(page)}`);
    await page.getByRole("button", { name: "Clear all" }).click();
    check((await lines(page)) === all, "clearing shows all again");

    const cell = page.locator(".cell.strange", { hasText: "14" });
    await cell.click();
    check((await page.locator(".opened h4").first().textContent()) === "14 conversations", "a cell opens its conversations");
    check((await told(page)).includes("14 of 38"), "the table follows the cell");
    await page.locator(".opened .lines button").first().click();
    check(await page.locator("dialog").isVisible(), "a conversation opens from its cell");
    await page.keyboard.press("Escape");
    check(!(await page.locator("dialog").isVisible()), "Escape closes it");
    await cell.click();

    await page.locator(".counts .chip", { hasText: "conforming" }).click();
    check((await told(page)).includes("11 of 38"), "a count filters by its verdict");
    await page.getByRole("button", { name: "Clear all" }).click();
    await page.locator("#talks").getByRole("columnheader", { name: "Bytes" }).getByRole("button").click();
    check((await texts(page, "#talks .line:not(.heads) .bytes"))[0] === "102 kB", "sorts by a column");
    const bytes = page.locator("#talks").getByRole("columnheader", { name: "Bytes" });
    check((await bytes.getAttribute("aria-sort")) === "descending" && (await bytes.textContent()).includes("↓"), "says that the most comes first");
    await bytes.getByRole("button").click();
    check((await bytes.getAttribute("aria-sort")) === "ascending" && (await bytes.textContent()).includes("↑"), "and that the least does");
    await page.locator("#talks").getByRole("columnheader", { name: "Client" }).getByRole("button").click();
    check((await page.locator("#talks").getByRole("columnheader", { name: "Client" }).getAttribute("aria-sort")) === "ascending", "text begins with the first letter");
    await page.context().close();
}

async function an_address_finds_what_is_told_by_name() {
    const { page } = await opened(demo());
    await page.locator("input[type=search]").fill("10.99.0.40");
    await page.waitForFunction(() => document.querySelector(".choice") !== null);
    check((await texts(page, "#findings .subject")).some((text) => text.startsWith("cas cannot reach samr")), "findings are found by address");
    check((await page.locator("#rows tbody tr.row").count()) > 2, "so are rows");
    await page.locator("input[type=search]").fill("10.99.0.40 993/tcp imap4");
    await page.waitForFunction(() => document.querySelectorAll("#findings .subject").length === 1);
    check((await page.locator("#places .lead").textContent()) === "No port holds these words.", "a filter is no silence of servers");
    await page.context().close();
}

async function an_audit_of_days_says_which_day() {
    const { page } = await opened(demo());
    await page.evaluate(() => {
        const audit = JSON.parse(document.getElementById("audit").textContent), late = "2026-11-24T01:02:03.000000Z";
        audit.window.last = audit.coverage[0].last = late;
        audit.timeline = { first: "2026-11-21T13:00:00Z", slice_seconds: 3600, slices: 61 };
        for (const talk of audit.conversations) {
            talk.last = talk.sessions[0].last = late;
            talk.timeline = [[0, 5, 5000, 1, 0], [60, 5, 9000, 1, 0]];
        }
        window.pathaudit.show(audit);
    });
    await page.waitForSelector("#timeline canvas");
    check((await texts(page, "#talks .line:not(.heads) .first"))[0] === "11-21 13:12:55", "conversations have their day");
    const wide = await page.evaluate(() => [...document.querySelectorAll("#timeline canvas")].map((canvas) => { // is the last slice drawn, too?
        const over = document.querySelector("#timeline .u-over").getBoundingClientRect(), box = canvas.getBoundingClientRect(), scale = canvas.width / box.width;
        const x = Math.round((over.right - box.left - over.width / 61 / 2) * scale), y = Math.round((over.bottom - box.top - 3) * scale);
        return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].join();
    })[0]);
    check(wide === "127,163,199,255", `the last slice has its bar: ${wide}`);
    check((await texts(page, ".scale .ticks span")).join().startsWith("11-21 13:00,"), "the scale has days");
    await page.locator("#talks .line:not(.heads)").first().click();
    const detail = await page.locator("dialog").textContent();
    check(detail.includes("to 2026-11-24 01:02:03 UTC"), "the end of a conversation has its day");
    check(detail.includes("2026-11-21 13:12:55 to 2026-11-24 01:02:03 UTC"), "so has the end of a class of flows");
    await page.context().close();
}

async function all_of_it_works_with_the_keyboard() {
    const { page } = await opened(lab());
    await page.locator("#talks .talks").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    check((await page.locator("#talks .active").getAttribute("id")) === "talk-1", "arrow keys walk");
    await page.emulateMedia({ forcedColors: "active" });
    check((await page.locator("#talks .active").evaluate((line) => getComputedStyle(line).outlineStyle)) === "solid", "where one is can be seen with the system's own colours, too");
    await page.emulateMedia({ forcedColors: "none" });
    await page.keyboard.press("Enter");
    check(await page.locator("dialog").isVisible(), "Enter opens");
    await page.keyboard.press("Escape");
    await page.locator(".cell").first().focus();
    await page.keyboard.press("ArrowDown");
    check(await page.evaluate(() => document.activeElement.classList.contains("cell")), "arrow keys walk in the matrix");
    const nameless = await page.evaluate(() => [...document.querySelectorAll("button, input, dialog, [role=grid], svg[role=img]")]
        .filter((e) => !(e.textContent.trim() || e.getAttribute("aria-label") || e.labels?.length)).map((e) => e.outerHTML.slice(0, 80)));
    check(nameless.length === 0, `has no name: ${nameless.join(" ")}`);
    const twice = await page.evaluate(() => [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, i, ids) => ids.indexOf(id) !== i));
    check(twice.length === 0, `ids that occur twice: ${twice.join(" ")}`);
    await page.context().close();
}

async function a_strangers_names_are_text_and_nothing_else() {
    const { page } = await opened(large());
    await page.locator("input[type=search]").fill("onerror");
    await page.waitForFunction(() => document.querySelector(".choice") !== null);
    await page.locator("#findings summary").first().click();
    await page.locator("#talks .line:not(.heads)").first().click();
    check((await page.locator("dialog").textContent()).includes(HOSTILE), "a name appears as it was on the wire");
    check((await page.locator("header").textContent()).includes(HOSTILE), "also that of a capture");
    await page.keyboard.press("Escape");
    await page.locator("#servers .name", { hasText: HOSTILE }).click();
    check((await page.locator("dialog .sessions").textContent()).includes(HOSTILE), "also what was read of a weak server");
    check((await page.locator("img, iframe, object, embed, link").count()) === 0, "no element came of it");
    check(!(await page.title()).startsWith("owned"), "nothing of it ran");
    await page.context().close();
}

async function the_policy_lets_nothing_else_run_or_load() {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`file://${lab()}`);
    const done = await page.evaluate(async () => {
        const refused = [];
        document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" onerror="window.ran = true">`);
        const fetched = await fetch("data:text/plain,x").then(() => true, () => false);
        await new Promise((next) => setTimeout(next, 100));
        return { ran: window.ran === true, fetched, refused };
    });
    check(!done.ran, "no other script runs");
    check(!done.fetched, "nothing is fetched");
    for (const directive of ["script-src-elem", "img-src", "connect-src"])
        check(done.refused.includes(directive), `${directive} is refused: ${done.refused.join(" ")}`);
    await context.close();
}

async function ten_thousand_conversations_are_no_burden() {
    const { page, took } = await opened(large());
    check((await lines(page)) < 80, `only lines in sight are made: ${await lines(page)}`);
    const begin = Date.now();
    await page.locator("input[type=search]").fill("mailbox3 ldap");
    await page.waitForFunction(() => document.querySelector(".choice") !== null);
    await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
    console.log(`10,000 conversations: opened in ${took} ms, first filter in ${Date.now() - begin} ms`);
    await page.getByRole("button", { name: "Clear all" }).click();
    await page.locator("#talks .talks").focus();
    await page.keyboard.press("End");
    await page.waitForFunction(() => document.getElementById("talk-9999") !== null);
    check((await lines(page)) < 80, "also at the end");
    check((await page.locator("#timeline canvas").count()) === 1, "a long capture has a chart");
    await page.context().close();
}

async function what_many_clients_meet_is_one_line_and_opens_all_of_them() {
    const { page } = await opened(large());
    check((await page.locator("#blocked .answer-line").count()) === 3, "three lines at most");
    const blocked = auditOf(10000).conversations.filter((c) => c.verdict === "blocked").length.toLocaleString("en-US");
    check((await page.locator("#blocked h2").textContent()).trim() === `${blocked} paths are blocked`, "all are counted");
    await page.locator("#blocked .answer-line").first().click();
    const first = await told(page);
    check(/ 5\d of 10,000 /.test(first) && (await page.locator(".choice").isVisible()), `a line of many shows these conversations: ${first}`);
    await page.getByRole("button", { name: "Clear all" }).click();
    await page.locator("#blocked").getByRole("button", { name: "conversations" }).click();
    check((await told(page)).includes(`${blocked} of 10,000`), "and all that are blocked can be shown");
    await page.context().close();
}

async function another_audit_keeps_what_was_chosen() {
    const { page } = await opened(large());
    await page.locator("input[type=search]").fill("mailbox");
    await page.waitForFunction(() => document.querySelector(".choice") !== null);
    const before = await told(page);
    await page.locator("#talks .talks").evaluate((box) => { box.scrollTop = 3600; });
    await page.waitForFunction(() => document.getElementById("talk-100") !== null);
    await page.locator("#talk-100").click();
    const title = await page.locator("dialog h2").textContent();
    await page.evaluate((audit) => window.pathaudit.show(audit), auditOf(10100));
    await page.waitForFunction((text) => document.querySelector("#talks .lead").textContent !== text, before);
    check((await told(page)).includes("of 10,100"), "shows the new audit");
    check((await page.locator("input[type=search]").inputValue()) === "mailbox", "keeps the filter");
    check((await page.locator("#talks .talks").evaluate((box) => box.scrollTop)) === 3600, "keeps the place");
    check((await page.locator("dialog h2").textContent()) === title, "keeps what is open");
    await page.evaluate(() => window.pathaudit.show({ schema: "something else" }));
    await page.context().close();
}

async function pairs_of_hosts_that_memory_could_not_list_are_told_of() {
    const { page } = await opened(lab());
    const limits = async () => (await texts(page, "#limits .limits li")).filter((text) => text.includes("no room in the lists of rows"));
    check((await limits()).length === 0, "nothing is said of pairs where all are listed");
    const crowded = auditOf(100);
    Object.assign(crowded.paths[0], { pairs: [{ client: "mapi-client1", server: "client-access1", verdict: "satisfied", reason: "" }], pairs_left_out: 1207, pairs_without_room: 1205 });
    Object.assign(crowded.paths[1], { pairs_left_out: 40, pairs_without_room: 40 });
    await page.evaluate((audit) => window.pathaudit.show(audit), crowded);
    await page.waitForFunction(() => document.querySelector("#talks .lead").textContent.includes("100"));
    check((await limits()).join() === "1,245 pairs of hosts found no room in the lists of rows; the rows' verdicts count them. --memory gives more.", `those of all rows: ${await limits()}`);
    await page.locator("#rows .name", { hasText: crowded.paths[0].name }).first().click();
    const detail = await page.locator("dialog").textContent();
    check(detail.includes("1,208 pairs of hosts"), "a row counts all its pairs");
    check(detail.includes("2 more pairs of hosts between which nothing was seen, too many to list."), "says which are silent");
    check(detail.includes("1,205 more pairs of hosts that there was no memory to list."), "and which found no room");
    await page.context().close();
}

async function an_audit_of_nothing_says_so() {
    const { page } = await opened(lab());
    const empty = { ...auditOf(0), coverage: [], hosts: [], paths: [], endpoints: [], timeline: { first: "", slice_seconds: 60, slices: 0 }, window: { first: "", last: "" } };
    await page.evaluate((audit) => window.pathaudit.show(audit), empty);
    await page.waitForFunction(() => document.querySelector("h1").textContent.startsWith("Nothing seen."));
    await page.evaluate((audit) => window.pathaudit.show(audit), { ...empty, endpoints: auditOf(0).endpoints }); // as --since leaves it: ports are known from before
    await page.waitForFunction(() => document.querySelector("#places h3") !== null);
    check((await page.locator("h1").textContent()).startsWith("Nothing seen."), "what was known before is nothing seen");
    await page.evaluate((audit) => window.pathaudit.show(audit), { ...empty, coverage: auditOf(0).coverage });
    await page.waitForFunction(() => document.querySelector("h1").textContent.startsWith("Nothing in scope."));
    await page.evaluate((audit) => window.pathaudit.show(audit), { ...empty, coverage: auditOf(0).coverage, tables: [] });
    await page.waitForFunction(() => document.querySelector("h1").textContent.startsWith("Not judged."));
    await page.context().close();
}

async function csv_is_copied_and_harmless() {
    const { page } = await opened(lab(), { permissions: ["clipboard-read", "clipboard-write"] });
    await page.locator("#talks").getByRole("button", { name: "Copy as CSV" }).click();
    await page.waitForSelector(".said.shown");
    const text = await page.evaluate(() => navigator.clipboard.readText());
    const copied = text.trimEnd().split(/\r?\n/);
    check(copied.length === 39, `a line each and one of names: ${copied.length}`);
    check(copied[0].startsWith('"verdict","client"'), "begins with the names of the columns");
    await page.context().close();
}

async function small_screens_and_paper_hold_it_all() {
    const { page } = await opened(large(), { viewport: { width: 390, height: 844 } });
    check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than a phone");
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.waitForFunction(() => document.querySelectorAll("#talks .line:not(.heads)").length === 300);
    await page.emulateMedia({ media: "print" });
    check((await page.locator(".sticky").isVisible()) === false, "no search on paper");
    check((await page.locator("#timeline canvas").evaluate((canvas) => canvas.width)) === 690, "the chart is as wide as paper");
    check((await page.locator("#findings .more").first().isVisible()), "findings stand open on paper");
    check((await page.locator("#findings .finding").count()) === 400, "all of them, not the first few");
    check(!(await page.locator("footer").innerText()).includes("JSON"), "paper holds no JSON");
    await page.emulateMedia({ media: "screen" });
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    await page.waitForFunction(() => document.querySelectorAll("#talks .line:not(.heads)").length < 80);
    check((await page.locator("#timeline canvas").evaluate((canvas) => canvas.width)) < 390, "and as wide as the screen again");
    await page.context().close();
}

for (const test of [the_blocked_path_is_in_sight_and_one_click_shows_its_evidence, the_weakest_server_is_in_sight_and_one_click_shows_why,
    servers_are_ranked_and_open, what_many_clients_meet_is_one_line_and_opens_all_of_them, the_walk_needs_no_mouse_and_no_eyes, what_could_not_be_judged_is_not_called_good,
    each_family_of_verdicts_has_a_shape_of_its_own, the_lab_reads_from_top_to_bottom, filters_sort_and_cells_lead_to_conversations, an_address_finds_what_is_told_by_name, an_audit_of_days_says_which_day, all_of_it_works_with_the_keyboard,
    a_strangers_names_are_text_and_nothing_else, the_policy_lets_nothing_else_run_or_load, ten_thousand_conversations_are_no_burden,
    another_audit_keeps_what_was_chosen, pairs_of_hosts_that_memory_could_not_list_are_told_of, an_audit_of_nothing_says_so, csv_is_copied_and_harmless, small_screens_and_paper_hold_it_all]) {
    const before = bad;
    await test().catch((error) => check(false, error.message));
    console.log(`${bad === before ? "ok    " : "FAILED"} ${test.name.replaceAll("_", " ")}`);
}
await browser.close();
rmSync(work, { recursive: true });
process.exit(bad > 0 ? 1 : 0);
