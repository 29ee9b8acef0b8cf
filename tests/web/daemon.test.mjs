// The same contract and the same pages against a real daemon: PENSTOCK_TEST_SERVER_URL names it, PENSTOCK_TEST_SERVER_TOKEN is for one
// that asks for a token, and PENSTOCK_TEST_SERVER_PIPELINE is a pipeline that may be run.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { live, openBrowser } from "./browser.mjs";
import { openEvents } from "./events.mjs";
import { document, faults, StrictClient } from "./openapi.mjs";
import { walk } from "./walk.mjs";

const url = process.env.PENSTOCK_TEST_SERVER_URL;
const token = process.env.PENSTOCK_TEST_SERVER_TOKEN ?? null;
const pipeline = process.env.PENSTOCK_TEST_SERVER_PIPELINE;
const headers = token ? { Authorization: `Bearer ${token}` } : {};
const skip = url ? false : "PENSTOCK_TEST_SERVER_URL is not set";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const kFinal = ["succeeded", "failed", "cancelled", "timed_out", "skipped"];

test("everything that can be read fits the document", { skip }, async () => {
  const client = new StrictClient(url, token);
  const { pipelines } = await walk(client);
  assert.ok(pipelines.length > 0);
  assert.equal((await client.get("/api/v1/runs/no-such-run")).status, 404);
  assert.equal((await client.get("/api/v1/pipelines/no-such-pipeline")).status, 404);
});

test(
  "a run can be started, followed by its events, and read",
  { skip: skip || (pipeline ? false : "PENSTOCK_TEST_SERVER_PIPELINE is not set") },
  async () => {
    const client = new StrictClient(url, token);
    const stream = await openEvents(`${url}/api/v1/events?topics=pipeline:${pipeline}`, headers);
    assert.equal((await stream.next()).event, "hello");
    const key = { "Idempotency-Key": randomUUID() };
    const { json: run, status } = await client.post(`/api/v1/pipelines/${pipeline}/runs`, {}, key);
    assert.equal(status, 202);
    assert.equal((await client.post(`/api/v1/pipelines/${pipeline}/runs`, {}, key)).json.id, run.id);
    for (;;) {
      const { event, data } = await stream.next();
      assert.deepEqual(faults({ $ref: `#/components/schemas/Event/properties/${event}` }, data), [], event);
      assert.ok(document.components.schemas.Event.properties[event], event);
      if (event === "run" && data.id === run.id && kFinal.includes(data.state)) break;
    }
    stream.close();
    const { json } = await client.get(`/api/v1/runs/${run.id}?include=attempts`);
    assert.equal(json.run.state, "succeeded");
  },
);

test("the dashboard shows it, live and without a fault", { skip }, async (context) => {
  const browser = await openBrowser();
  try {
    const client = new StrictClient(url, token);
    const page = await browser.context.newPage();
    if (token) await page.addInitScript((value) => sessionStorage.setItem("penstock-token", value), token);
    const { json: list } = await client.get("/api/v1/runs?limit=1");
    const { json: all } = await client.get("/api/v1/pipelines");
    const name = all.items[0].name;
    const step = (await client.get(`/api/v1/pipelines/${name}`)).json.steps[0];
    const paths = [
      "/pipelines",
      `/pipelines/${name}`,
      `/pipelines/${name}?tab=schedule`,
      `/pipelines/${name}/steps/${step.name}`,
      "/runs",
      "/backfills",
      "/connections",
      `/lineage?node=${step.id}`,
      `/lineage?node=${step.id}&level=columns`,
    ];
    if (list.items[0]) paths.push(`/runs/${list.items[0].id}`);
    for (const path of paths) {
      await context.test(path, async () => {
        await page.goto(url + path);
        await page.locator("main h1").first().waitFor();
        await page.locator(".waiting, .graph-wait").waitFor({ state: "detached" });
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
    if (pipeline) {
      await context.test("a run from the button to its end", async () => {
        await page.goto(`${url}/pipelines/${pipeline}`);
        await page.getByRole("button", { name: "Run now" }).click();
        await page.getByRole("button", { name: "Start run" }).click();
        await page.waitForURL(/\/runs\//);
        await page.locator("h1", { hasText: `${pipeline} succeeded in` }).waitFor({ timeout: 120_000 });
      });
    }
    assert.deepEqual(browser.complaints, []);
  } finally {
    await browser.close();
  }
});
