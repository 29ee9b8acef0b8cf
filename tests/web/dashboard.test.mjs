// The dashboard in a real browser: everything that it shows arrives without a reload, and every way through it works by keyboard.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { live, openBrowser, openDashboard } from "./browser.mjs";

let browser;
let mock;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());
afterEach(async () => {
  for (const page of browser.context.pages().slice(1)) await page.close();
  await mock?.close();
  mock = undefined;
  assert.deepEqual(browser.complaints.splice(0), []);
});

const start = async (path, options) => {
  mock = await openDashboard(options);
  const page = await browser.open(mock.url + path);
  await live(page);
  return page;
};
const requests = (page, pattern) => {
  const seen = [];
  page.on("request", (request) => pattern.test(request.url()) && seen.push(request.url()));
  return seen;
};
const finish = () => {
  while (mock.world.advance());
};
const newest = (test) => mock.world.newest().find(({ run }) => test(run)).run;

test("a run is followed to its end without a reload, a poll or a second read", async () => {
  const page = await start("/pipelines");
  const id = mock.world.live;
  await page.goto(`${mock.url}/runs/${id}?step=load_by_hour`);
  await live(page);
  await page.locator("h1", { hasText: "traffic is running" }).waitFor();
  const reads = requests(page, /\/api\/v1\/(runs|pipelines)/);
  await page.locator('tr[data-step="daily_delays"][data-state="queued"]').waitFor();
  mock.world.advance();
  await page.locator('tr[data-step="daily_delays"][data-state="running"]').waitFor();
  mock.world.advance();
  await page.locator('tr[data-step="load_by_hour"][data-state="succeeded"]').waitFor();
  await page.locator(".step-open .unit", { hasText: "Swap the staged table in" }).locator("svg.tone-ok").waitFor();
  finish();
  await page.locator("h1", { hasText: "traffic succeeded in" }).waitFor();
  assert.equal(await page.locator("tr[data-state=succeeded]").count(), 6);
  await page.locator("[role=status]", { hasText: "The run of traffic succeeded" }).waitFor({ state: "attached" });
  assert.deepEqual(reads, [], "the stream carries all of it");
});

test("the list of pipelines and the list of runs change by themselves", async () => {
  const pipelines = await start("/pipelines");
  const runs = await browser.open(`${mock.url}/runs`);
  await live(runs);
  const row = pipelines.getByRole("row", { name: /airports/ });
  await row.getByText("Succeeded").last().waitFor();
  const run = mock.world.trigger("airports");
  await row.getByText("Queued").last().waitFor();
  await runs.locator(`a[href="/runs/${run.id}"]`).waitFor();
  finish();
  await row.getByText("Succeeded").last().waitFor();
  await row.locator(`a[href="/runs/${run.id}"][aria-label^="Succeeded"]`).waitFor();
  await runs
    .locator(".rl-row", { has: runs.locator(`a[href="/runs/${run.id}"]`) })
    .getByText("Succeeded")
    .waitFor();
});

test("several tabs share one stream", async () => {
  const first = await start("/pipelines");
  for (const path of ["/runs", "/connections", `/runs/${mock.world.live}`]) await live(await browser.open(mock.url + path));
  await first.waitForFunction(() => true);
  assert.equal([...mock.streams].length, 1);
  const [stream] = mock.streams;
  assert.ok(stream.topics.includes(`run:${mock.world.live}`) && stream.topics.includes("pipelines"));
});

test("a lost stream is opened again, and nothing in between is missed", async () => {
  const page = await start("/runs?state=queued,running,succeeded");
  mock.dropStreams();
  const run = mock.world.trigger("staging");
  await page.locator(`a[href="/runs/${run.id}"]`).waitFor();
  await live(page);
});

test("a run that failed shows why and how to go on", async () => {
  const page = await start("/pipelines");
  const run = newest((one) => one.state === "failed" && one.pipeline === "traffic");
  await page.goto(`${mock.url}/runs/${run.id}`);
  const pinned = page.getByRole("region", { name: "Failed step daily_delays" });
  await pinned.getByText("A check blocked it").waitFor();
  await pinned.getByText("The published table still holds the rows of the last good run.").waitFor();
  await pinned.getByRole("link", { name: "SQL and checks" }).click();
  await page.waitForURL(`**/runs/${run.id}/steps/daily_delays`);
  await page.getByText("3 groups of rows share them").first().waitFor();
  await page.goBack();
  await pinned.getByRole("button", { name: "Retry from this step" }).click();
  await page.locator("h1", { hasText: /traffic (waits|is running)/ }).waitFor();
  const retry = newest((one) => one.retry_of === run.id);
  assert.match(page.url(), new RegExp(`/runs/${retry.id}$`));
  await page.locator('tr[data-step="flown"]', { hasText: "kept from the run before" }).waitFor();
  finish();
  await page.locator("h1", { hasText: "traffic succeeded" }).waitFor();
});

test("the engine's error marks its line in the SQL", async () => {
  const page = await start("/pipelines");
  const run = newest((one) => one.error?.sqlstate === "42703");
  await page.goto(`${mock.url}/runs/${run.id}/steps/delays_by_state`);
  const wrong = page.locator(".line.is-wrong");
  await wrong.waitFor();
  const [code, caret] = (await wrong.innerText()).split("\n");
  assert.equal(await wrong.getAttribute("data-line"), "4");
  assert.equal(code.indexOf("h.is_curent"), caret.indexOf("^"));
  await page.getByText("SQLSTATE 42703").first().waitFor();
});

test("cancel asks once, and the run is cancelled when the engine has confirmed it", async () => {
  const page = await start("/pipelines");
  await page.goto(`${mock.url}/runs/${mock.world.live}`);
  await page.getByRole("button", { name: "Cancel run" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Let it run" }).click();
  assert.equal(mock.world.runs.get(mock.world.live).run.state, "running");
  await page.getByRole("button", { name: "Cancel run" }).click();
  await dialog.getByRole("button", { name: "Cancel run" }).click();
  await page.locator("h1", { hasText: "is being cancelled" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Cancelling…" }).isDisabled(), true);
  mock.world.advance();
  await page.locator("h1", { hasText: "was cancelled" }).waitFor();
  await page.getByRole("button", { name: "Retry what failed" }).waitFor();
});

test("a refusal is shown in the daemon's own words", async () => {
  const page = await start("/pipelines/traffic");
  await page.getByRole("button", { name: "Run now" }).click();
  const dialog = page.getByRole("dialog");
  await page.route("**/api/v1/pipelines/traffic/runs", (route) =>
    route.fulfill({
      status: 422,
      contentType: "application/problem+json",
      body: JSON.stringify({
        type: "urn:penstock:problem:x",
        title: "Unknown parameter",
        status: 422,
        code: "x",
        detail: "There is no such parameter.",
        errors: [{ pointer: "/parameters/a", code: "x", detail: "Did you mean b?" }],
      }),
    }),
  );
  await dialog.getByRole("button", { name: "Start run" }).click();
  await dialog.getByRole("alert").getByText("Unknown parameter").waitFor();
  await dialog.getByText("Did you mean b?").waitFor();
  await page.goto(`${mock.url}/runs/nobody`).catch(() => undefined);
  await page.getByRole("alert").getByText('There is no run "nobody".').waitFor();
});

test("run now and backfill start what they show", async () => {
  const page = await start("/pipelines/traffic");
  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByRole("dialog").getByLabel("Month").fill("2001-03");
  await page
    .getByRole("dialog")
    .getByLabel(/minimum_flights/)
    .fill("250");
  await page.getByRole("button", { name: "Start run" }).click();
  await page.locator("h1", { hasText: "traffic waits to start" }).waitFor();
  const run = newest((one) => one.trigger.kind === "api");
  assert.deepEqual([run.interval.start, run.interval.end], ["2001-03-01T00:00:00.000Z", "2001-04-01T00:00:00.000Z"]);
  assert.deepEqual(run.parameters, { minimum_flights: "250" });
  await page.getByText("interval March 2001").waitFor();

  await page.goto(`${mock.url}/pipelines/traffic`);
  await page.getByRole("button", { name: "Backfill" }).click();
  await page.getByRole("dialog").getByLabel("Last month").fill("2001-02");
  await page.getByRole("button", { name: "Show what would run" }).click();
  await page.getByText("2 runs, January 2001 to February 2001, one after the other.").waitFor();
  assert.equal(await page.getByText("publishes one interval after another").count(), 0);
  await page.getByRole("dialog").getByLabel("At the same time").fill("2");
  await page.getByText("2 runs, January 2001 to February 2001, 2 at a time.").waitFor();
  await page.getByText("routes publishes one interval after another: what a table writes last stays.").waitFor();
  assert.equal(mock.world.backfills.size, 1);
  await page.getByRole("button", { name: "Start 2 runs" }).click();
  await page.locator("h1", { hasText: "Backfill of traffic queued, 0 of 2 done" }).waitFor();
  finish();
  await page.locator("h1", { hasText: "Backfill of traffic succeeded, 2 of 2 done" }).waitFor();
});

test("filters live in the address", async () => {
  const page = await start("/pipelines?q=ops&state=running");
  const names = async () => (await page.locator("td.col-main a").allInnerTexts()).sort();
  await page.getByText("No pipeline fits these filters").waitFor();
  await page.getByRole("link", { name: "Show all pipelines" }).click();
  await page.getByRole("link", { name: "staging", exact: true }).first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("flight-op");
  await page.waitForURL("**/pipelines?q=flight-op");
  await page.waitForFunction(() => document.querySelectorAll("td.col-main a").length === 2);
  assert.deepEqual(await names(), ["airports", "traffic"]);
  await page.getByRole("group", { name: "Keep pipelines whose last run" }).getByRole("button", { name: "Running" }).click();
  await page.waitForURL("**/pipelines?q=flight-op&state=running");
  await page.waitForFunction(() => document.querySelectorAll("td.col-main a").length === 1);
  await page.reload();
  await page.getByRole("link", { name: "traffic", exact: true }).waitFor();
  assert.deepEqual(await names(), ["traffic"]);

  await page.goto(`${mock.url}/runs?state=failed&pipeline=airports`);
  await page.locator(".rl-body .rl-row").first().waitFor();
  assert.equal(await page.locator(".rl-body .rl-row").count(), 1);
  await page.getByLabel("Started by").selectOption("retry");
  await page.waitForURL((url) => url.searchParams.get("trigger") === "retry" && url.searchParams.get("state") === "failed");
  await page.getByText("No run fits these filters").waitFor();
});

test("the list of runs draws what is in view and reads on as it is scrolled", async () => {
  const page = await start("/runs");
  await page.locator(".rl-body .rl-row").first().waitFor();
  assert.ok((await page.locator(".rl-body .rl-row").count()) < 60);
  const oldest = mock.world.newest().at(-1).run;
  for (let i = 0; i < 40 && (await page.locator(`a[href="/runs/${oldest.id}"]`).count()) === 0; ++i) {
    await page.mouse.wheel(0, 4000);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
  await page.locator(`a[href="/runs/${oldest.id}"]`).waitFor();
  assert.ok((await page.locator(".rl-body .rl-row").count()) < 60);
});

test("the grid of steps over runs follows a run, and is walked by arrow keys", async () => {
  const page = await start("/pipelines/traffic?tab=grid");
  const grid = page.getByRole("grid", { name: /^Steps of traffic over its last \d+ runs/ });
  const run = mock.world.live;
  const cell = (step, words) => grid.locator(`a[href="/runs/${run}/steps/${step}"][aria-label^="${step}: ${words}"]`);
  await cell("daily_delays", "queued").waitFor();
  const reads = requests(page, /\/history/);
  finish();
  await cell("daily_delays", "succeeded in").waitFor();
  const bar = grid.locator(`a[href="/runs/${run}"]`);
  await page.locator(`.grid-bar[href="/runs/${run}"][aria-label*="succeeded in"]`).waitFor();
  assert.ok(reads.length <= 1, "it is read once more when its runs are followed; then the stream carries all of it");

  assert.equal(await grid.locator('[tabindex="0"]').count(), 1, "one stop for Tab");
  await bar.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("href"));
  assert.equal(await focused(), `/runs/${run}/steps/daily_delays`);
  await page.locator(".grid-said", { hasText: "daily_delays: succeeded in" }).waitFor();
  await page.keyboard.press("Home");
  assert.equal(await focused(), "/pipelines/traffic/steps/daily_delays");
  await page.keyboard.press("End");
  const last = await focused();
  assert.equal(last, `/runs/${newest((one) => one.pipeline === "traffic").id}/steps/daily_delays`);
  await page.keyboard.press("ArrowLeft");
  assert.notEqual(await focused(), last);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**${last}`);
  await page.locator("h1", { hasText: "daily_delays succeeded" }).waitFor();
  await page.goBack();
  const older = page.getByRole("button", { name: "Older runs" });
  await older.waitFor();
  const before = await page.locator(".grid-bar").count();
  await older.click();
  await page.waitForFunction((count) => document.querySelectorAll(".grid-bar").length > count, before);
});

test("a run that begins comes into the grid by itself", async () => {
  const page = await start("/pipelines/airports?tab=grid");
  const { id } = mock.world.trigger("airports");
  await page.locator(`.grid-bar[href="/runs/${id}"]`).waitFor();
  finish();
  await page.locator(`.grid a[href="/runs/${id}/steps/history"][aria-label^="history: succeeded"]`).waitFor();
});

test("the chart says in words what it draws, and a click opens the run", async () => {
  const page = await start("/pipelines/traffic?tab=runs");
  const chart = page.getByRole("img", { name: /^Of the last \d+ runs half took at most .+ The list below says the same\.$/ });
  await chart.locator("canvas").waitFor();
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.locator(".chart-run", { hasText: /: succeeded in/ }).waitFor();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForURL(/\/runs\/r-/);
});

test("the plan says what is built and why, and with which SQL", async () => {
  const page = await start("/pipelines/traffic?tab=plan");
  const plan = page.getByRole("region", { name: "Plan" });
  await plan.getByText("1 to change, 5 unchanged, 1 orphaned table").waitFor();
  const first = plan.getByRole("listitem").first();
  await first.getByText("The query differs from the one that was last published.").waitFor();
  await first.getByRole("table", { name: "Columns of marts.routes that change" }).getByText("breaks readers").waitFor();
  await first.getByRole("button", { name: /^SQL, \d statements of routes/ }).click();
  await first.getByRole("region", { name: /^SQL of routes, stage 1/ }).waitFor();
  await first.getByRole("link", { name: "traffic.worst_routes" }).click();
  await page.waitForURL("**/lineage?node=step:traffic.worst_routes");
  await page.goto(`${mock.url}/plan`);
  await plan.getByText("1 to change, 11 unchanged, 1 orphaned table").waitFor();
});

test("the address of a column opens among columns, and the first view begins at the left edge", async () => {
  const page = await start("/lineage?node=step:traffic.worst_routes&column=mean_delay&depth=4");
  assert.equal(await page.getByRole("button", { name: "Columns" }).getAttribute("aria-pressed"), "true");
  await page.getByRole("table", { name: "Edges between columns" }).waitFor();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(`${mock.url}/pipelines/traffic`);
  await page.locator(".react-flow__node").first().waitFor();
  await page.waitForFunction(() => {
    const frame = document.querySelector(".graph").getBoundingClientRect();
    const lefts = [...document.querySelectorAll(".react-flow__node")].map((node) => node.getBoundingClientRect().left);
    return Math.min(...lefts) >= frame.left && Math.min(...lefts) < frame.left + 60;
  });
});

test("lineage opens one level around a table, and everything about it is in the address", async () => {
  const page = await start("/lineage?node=step:traffic.flown");
  await page.locator(".react-flow__node").first().waitFor();
  const shown = async () => (await page.locator(".react-flow__node .node-name").allInnerTexts()).sort();
  assert.deepEqual(await shown(), ["airports", "daily_delays", "flights", "flown", "routes"]);
  await page.getByRole("button", { name: "Upstream" }).click();
  await page.getByRole("button", { name: "One level more" }).click();
  await page.waitForURL("**/lineage?node=step:traffic.flown&direction=upstream&depth=2");
  await page.waitForFunction(() => document.querySelectorAll(".react-flow__node").length === 5);
  assert.deepEqual(await shown(), ["airports", "flights", "flown", "raw.airports", "raw.flights"]);
  const twin = page.getByRole("table", { name: "Tables of the graph" });
  assert.equal(await twin.locator("tbody tr").count(), 5);

  const box = page.getByRole("combobox", { name: "Table" });
  await box.fill("worst");
  await page.getByRole("option", { name: /traffic.worst_routes/ }).waitFor();
  await box.press("Enter");
  await page.waitForURL(/node=step:traffic.worst_routes/);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.locator(".node-columns").getByText("mean_delay").first().waitFor();
  await page.locator(".is-focus .node-columns a", { hasText: "mean_delay" }).click();
  await page.waitForURL(/level=columns.*column=mean_delay|column=mean_delay.*level=columns/);
  for (let i = 0; i < 3; ++i) await page.getByRole("button", { name: "One level more" }).click();
  const edges = page.getByRole("table", { name: "Edges between columns" });
  await edges.getByText("aggregate").first().waitFor();
  await edges.getByRole("link", { name: "raw.flights.delay" }).waitFor();
  assert.equal(await page.locator(".react-flow__edge.is-lit").count(), await edges.locator("tbody tr").count());
});

test("every page works by keyboard", async () => {
  const page = await start("/pipelines");
  await page.getByRole("link", { name: "traffic", exact: true }).first().waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the page");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");

  const squares = page.getByRole("group", { name: "Last runs of traffic, oldest first" });
  const stops = await squares.locator("a[tabindex='0']").count();
  assert.equal(stops, 1, "one stop for Tab");
  await squares.locator("a[tabindex='0']").focus();
  const at = () => page.evaluate(() => document.activeElement.getAttribute("href"));
  const last = await at();
  await page.keyboard.press("ArrowLeft");
  assert.notEqual(await at(), last);
  await page.keyboard.press("End");
  assert.equal(await at(), last);
  await page.keyboard.press("Enter");
  await page.locator("h1", { hasText: "traffic is running" }).waitFor();

  const toggle = page.locator('tr[data-step="flown"] button');
  await toggle.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\?step=flown$/);
  assert.equal(await toggle.getAttribute("aria-expanded"), "true");
  await page.locator(".step-open .sql").waitFor();

  await page.getByRole("button", { name: "Cancel run" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Cancel run");
});

test("a token is asked for once and kept for the tab", async () => {
  mock = await openDashboard({ token: "let-me-in", role: "viewer" });
  const page = await browser.context.newPage();
  await page.goto(`${mock.url}/pipelines`);
  const dialog = page.getByRole("dialog", { name: "This daemon asks for a token" });
  await dialog.getByLabel("Bearer token").fill("wrong");
  await dialog.getByRole("button", { name: "Enter" }).click();
  await dialog.getByText("The daemon refused that token.").waitFor();
  await dialog.getByLabel("Bearer token").fill("let-me-in");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "traffic", exact: true }).first().waitFor();
  await live(page);
  await page.reload();
  await page.getByRole("link", { name: "traffic", exact: true }).first().waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("token"))), []);

  const other = await browser.context.newPage();
  await other.goto(`${mock.url}/runs`);
  await other.getByRole("dialog", { name: "This daemon asks for a token" }).waitFor();
  const run = mock.world.trigger("airports");
  await page.locator(`a[href="/runs/${run.id}"]`).first().waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0, "a tab without a token disturbs no other one");

  await page.getByRole("link", { name: "traffic", exact: true }).first().click();
  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByRole("button", { name: "Start run" }).click();
  await page.getByRole("alert").getByText("Role too low").waitFor();
});

test("the theme follows the system until somebody chooses", async () => {
  const page = await start("/pipelines");
  const background = () => page.evaluate(() => getComputedStyle(document.body).color);
  await page.emulateMedia({ colorScheme: "light" });
  const light = await background();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await background();
  assert.notEqual(light, dark);
  await page.getByLabel("Theme").selectOption("light");
  assert.equal(await background(), light);
  await page.reload();
  assert.equal(await background(), light);
  await page.getByLabel("Theme").selectOption("system");
});

test("times can be read in UTC, and are exact on demand", async () => {
  const page = await start("/pipelines?q=staging");
  const next = page.locator("tbody time").last();
  await next.waitFor();
  await page.getByLabel("Times in").selectOption("UTC");
  const at = await next.getAttribute("datetime");
  assert.match(await next.getAttribute("title"), /UTC$/);
  assert.match(await next.innerText(), new RegExp(at.slice(11, 16)));
  await page.getByLabel("Times in").selectOption("local");
});

test("a folder that cannot be loaded is said on every page, and a connection changes by itself", async () => {
  const page = await start("/connections");
  const position = { file: "pipelines/traffic.yaml", line: 14, column: 5 };
  mock.world.reload([{ code: "PEN1042", severity: "error", message: 'unknown key "publsh"', hint: null, position }]);
  await page.getByText("pipelines/traffic.yaml:14:5").waitFor();
  mock.world.reload();
  await page.getByText("pipelines/traffic.yaml:14:5").waitFor({ state: "detached" });
  await page
    .getByRole("row", { name: /^mirror/ })
    .getByText("Down")
    .waitFor();
  mock.world.setConnection("mirror", { state: "up", error: null, retry_at: null });
  await page
    .getByRole("row", { name: /^mirror/ })
    .getByText("Up")
    .waitFor();
});

test("the graph of a pipeline follows the run that is active", async () => {
  const page = await start("/pipelines/traffic");
  const node = page.locator('.react-flow__node[data-id="step:traffic.daily_delays"]');
  await node.getByRole("img", { name: "Succeeded" }).waitFor();
  mock.world.advance();
  mock.world.advance();
  await node.getByRole("img", { name: "Running" }).waitFor();
  const row = page.getByRole("table", { name: "Steps" }).getByRole("row", { name: /^daily_delays/ });
  await row.getByText("Running").waitFor();
  await node.getByRole("link").click();
  await page.locator("h1", { hasText: "daily_delays" }).waitFor();
});

test("what is empty teaches what to do", async () => {
  const page = await start("/connections");
  const none = { status: 200, contentType: "application/json", body: JSON.stringify({ items: [], next_cursor: null }) };
  for (const [path, words] of [
    ["pipelines", "There is no pipeline yet"],
    ["runs", "Nothing has run yet"],
    ["backfills", "Nothing has been backfilled"],
    ["connections", "No connection is named yet"],
  ]) {
    await page.route(new RegExp(`/api/v1/${path}(\\?|$)`), (route) => route.fulfill(none));
    await page.goto(`${mock.url}/${path}`);
    await page.locator(".empty").getByText(words).waitFor();
  }
});

test("thousands of steps are shown in parts", async () => {
  const page = await start("/connections");
  const record = mock.world.runs.get(mock.world.live);
  const [first] = record.steps;
  for (let i = 0; i < 3000; ++i) record.steps.push({ ...first, name: `copy_${i}`, depends_on: [] });
  await page.goto(`${mock.url}/runs/${mock.world.live}`);
  await page.getByRole("button", { name: "Show 1,000 of 2,806 more" }).click();
  await page.getByRole("button", { name: "Show 1,000 of 1,806 more" }).waitFor();
  assert.equal(await page.locator("tr[data-step]").count(), 1200);
});

test("an address that is no page leads back", async () => {
  const page = await start("/pipelines");
  await page.goto(`${mock.url}/nowhere`);
  await page.getByText("There is no such page").waitFor();
  await page.getByRole("main").getByRole("link", { name: "pipelines" }).click();
  await page.locator("h1", { hasText: "Pipelines" }).waitFor();
});
