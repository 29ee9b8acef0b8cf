// The same contract and the same pages against a real daemon. PENSTOCK_TEST_DAEMON is the program, started on a project of its own; or
// PENSTOCK_TEST_SERVER_URL is one that runs already (PENSTOCK_TEST_SERVER_TOKEN its token): that one is only read.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { live, openBrowser, settled } from "./browser.mjs";
import { openEvents } from "./events.mjs";
import { document, faults, operations, StrictClient } from "./openapi.mjs";
import { startDaemon } from "./penstockd.mjs";
import { walk } from "./walk.mjs";

const program = process.env.PENSTOCK_TEST_DAEMON;
const token = process.env.PENSTOCK_TEST_SERVER_TOKEN ?? null;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const kFinal = ["succeeded", "failed", "cancelled", "timed_out", "skipped"];
const ours = !process.env.PENSTOCK_TEST_SERVER_URL;

let url = process.env.PENSTOCK_TEST_SERVER_URL;
let daemon;
let client;
before(async () => {
  if (ours) {
    assert.ok(program, "PENSTOCK_TEST_DAEMON or PENSTOCK_TEST_SERVER_URL must be set");
    daemon = await startDaemon(program);
    url = daemon.url;
  }
  client = new StrictClient(url, token);
});
after(async (context) => {
  await daemon?.stop();
  if (daemon) context.diagnostic?.(daemon.log());
});

/** Starts a pipeline and follows its events to the end; every event is held against the document. */
const run = async (pipeline, body = {}) => {
  const stream = await openEvents(`${url}/api/v1/events?topics=pipeline:${pipeline}`, token ? { Authorization: `Bearer ${token}` } : {});
  assert.equal((await stream.next()).event, "hello");
  const key = { "Idempotency-Key": randomUUID() };
  const { json: made, status, headers } = await client.post(`/api/v1/pipelines/${pipeline}/runs`, body, key);
  assert.equal(status, 202);
  assert.equal(headers.get("location"), `/api/v1/runs/${made.id}`);
  assert.equal((await client.post(`/api/v1/pipelines/${pipeline}/runs`, body, key)).json.id, made.id, "the key starts one run");
  for (;;) {
    const { event, data } = await stream.next();
    assert.ok(document.components.schemas.Event.properties[event], event);
    assert.deepEqual(faults({ $ref: `#/components/schemas/Event/properties/${event}` }, data), [], event);
    if (event === "run" && data.id === made.id && kFinal.includes(data.state)) {
      stream.close();
      return data;
    }
  }
};

/** The run once it is final, so that nothing changes while the next test looks. */
const ended = async (id) => {
  const stream = await openEvents(`${url}/api/v1/events?topics=run:${id}`, token ? { Authorization: `Bearer ${token}` } : {});
  for (;;) {
    const { run: now } = (await client.get(`/api/v1/runs/${id}`)).json;
    if (kFinal.includes(now.state)) {
      stream.close();
      return now;
    }
    await stream.next();
  }
};

test("a run is started, followed by its events, and read", { skip: !ours }, async () => {
  const { id, state } = await run("orders");
  assert.equal(state, "succeeded", daemon.log());
  const { json } = await client.get(`/api/v1/runs/${id}?include=attempts`);
  assert.deepEqual(
    json.steps.map(({ name, state: now, rows }) => `${name} ${now} ${rows}`),
    ["lines succeeded 3", "totals succeeded 2"],
  );
  assert.equal(json.run.checks.warned, 1);
  assert.ok(json.attempts.every(({ phases }) => phases.every(({ units }) => units.every((unit) => unit.sql))));
});

test("a connection that was used says how it fares", { skip: !ours }, async () => {
  const stream = await openEvents(`${url}/api/v1/events?topics=connections`, { "Last-Event-ID": "0" });
  const { event, data } = await stream.next();
  stream.close();
  assert.equal(event, "connection");
  assert.deepEqual(data, { name: "local", state: "up" });
});

test("a reload that fails is told with its place, and so is the next one that does not", { skip: !ours }, async (context) => {
  const stream = await openEvents(`${url}/api/v1/events?topics=server`);
  context.after(stream.close);
  assert.equal((await stream.next()).event, "hello");
  const until = async (state) => {
    for (;;) {
      const { event, data } = await stream.next();
      assert.equal(event, "server");
      const { load } = (await client.get("/api/v1/server")).json;
      if (data.state === state && load.state === state) return load;
    }
  };
  const before = (await client.get("/api/v1/server")).json.load;
  daemon.write("pipelines/broken.yaml", "pipeline: broken\nsteps:\n  - name: twice\n    sql: select 1 as id\n    publsh: table\n");
  const failed = await until("failed");
  assert.equal(failed.loaded_at, before.loaded_at, "the version before stays in force");
  assert.deepEqual(failed.diagnostics[0].position, { file: "pipelines/broken.yaml", line: 5, column: 5 });
  daemon.write("pipelines/broken.yaml");
  assert.deepEqual((await until("ok")).diagnostics, []);
});

test("a check that blocks fails the run, and skips what comes after", { skip: !ours }, async () => {
  const failed = await run("broken");
  assert.equal(failed.state, "failed");
  assert.equal(failed.error.kind, "check");
  const { json } = await client.get(`/api/v1/runs/${failed.id}`);
  assert.deepEqual(
    json.steps.map(({ name, state }) => `${name} ${state}`),
    ["twice failed", "after skipped"],
  );
  const { json: again, status } = await client.post(`/api/v1/runs/${failed.id}/retry`, { mode: "resume" });
  assert.equal(status, 202);
  assert.equal(again.retry_of, failed.id);
  assert.equal((await ended(again.id)).state, "failed");
});

test("everything that can be read fits the document", async () => {
  const { pipelines, runs } = await walk(client);
  assert.ok(pipelines.length > 0);
  for (const path of ["/api/v1/pipelines", "/api/v1/runs", "/api/v1/server", ...runs.slice(0, 1).map(({ id }) => `/api/v1/runs/${id}`)]) {
    const { headers } = await client.get(path);
    assert.match(headers.get("penstock-event-id"), /^\d+$/, path);
    assert.equal((await client.get(path, { "If-None-Match": headers.get("etag") })).status, 304, path);
  }
});

test("refusals are problem documents", async () => {
  for (const path of ["/api/v1/pipelines/nobody", "/api/v1/runs/nobody", "/api/v1/backfills/nobody", "/api/v1/lineage?node=step:no.body"]) {
    const { status, headers, json } = await client.get(path);
    assert.equal(status, 404, path);
    assert.match(headers.get("content-type"), /^application\/problem\+json/);
    assert.equal(json.type, `urn:penstock:problem:${json.code}`);
  }
});

test("every operation answers, and the daemon serves the document that it keeps to", async () => {
  assert.deepEqual((await client.get("/api/v1/openapi.json")).json, document);
  for (const { id, method, path } of operations) {
    if (method !== "GET" || id === "stream_events") continue;
    const { status } = await client.get(path.replace(/\{[^}]+\}/g, "x") + (id === "get_column_lineage" ? "?node=step:x.x" : ""));
    assert.ok([200, 404].includes(status), `${id} answered ${status}`);
  }
});

test("the dashboard shows it, live and without a fault", async (context) => {
  const browser = await openBrowser();
  try {
    const page = await browser.context.newPage();
    if (token) await page.addInitScript((value) => sessionStorage.setItem("penstock-token", value), token);
    const { items: runs } = (await client.get("/api/v1/runs?limit=2")).json;
    const { name } = (await client.get("/api/v1/pipelines")).json.items.at(-1);
    const step = (await client.get(`/api/v1/pipelines/${name}`)).json.steps.at(-1);
    const paths = ["/pipelines", `/pipelines/${name}`, ...["grid", "runs", "schedule", "plan"].map((tab) => `/pipelines/${name}?tab=${tab}`), "/plan", `/pipelines/${name}/steps/${step.name}`, "/runs"];
    paths.push("/backfills", "/connections", "/lineage", `/lineage?node=${step.id}`, `/lineage?node=${step.id}&level=columns&depth=9`);
    for (const { id } of runs) {
      const [first] = (await client.get(`/api/v1/runs/${id}`)).json.steps;
      paths.push(`/runs/${id}`, `/runs/${id}?step=${first.name}`, `/runs/${id}/steps/${first.name}`);
    }
    for (const path of paths) {
      await context.test(path, async () => {
        await page.goto(url + path);
        await page.locator("main h1").first().waitFor();
        await settled(page);
        assert.equal(await page.locator("main [role=alert]").count(), 0);
        await live(page);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes[0].target}`),
          [],
        );
      });
    }
    if (ours) {
      await context.test("the errors of a reload stand on every page until they are mended", async () => {
        await page.goto(`${url}/runs`);
        await live(page);
        daemon.write("pipelines/broken.yaml", "pipeline: broken\nsteps:\n  - name: twice\n    sql: select 1 as id\n    publsh: table\n");
        const notice = page.getByRole("region", { name: "The project could not be loaded" });
        await notice.getByText("pipelines/broken.yaml:5:5").waitFor();
        await notice.getByText(/did you mean "publish"/).waitFor();
        daemon.write("pipelines/broken.yaml");
        await notice.waitFor({ state: "detached" });
      });
      await context.test("a run from the button to its end", async () => {
        await page.goto(`${url}/pipelines/orders`);
        await page.getByRole("button", { name: "Run now" }).click();
        await page.getByRole("button", { name: "Start run" }).click();
        await page.waitForURL(/\/runs\//);
        await page.locator("h1", { hasText: "orders succeeded in" }).waitFor({ timeout: 60_000 });
      });
      await context.test("a run that failed says why", async () => {
        await page.goto(`${url}/runs?state=failed`);
        await page.locator(".rl-body a").first().click();
        await page.getByRole("region", { name: "Failed step twice" }).getByText("A check blocked it").waitFor();
      });
    }
    assert.deepEqual(browser.complaints, []);
  } finally {
    await browser.close();
  }
});
