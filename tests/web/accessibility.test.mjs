// axe finds nothing on any page, in either theme, wide and narrow; and no page is wider than the window.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { live, openBrowser, openDashboard, settled } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
let mock;
before(async () => {
  browser = await openBrowser();
  mock = await openDashboard();
});
after(async () => {
  await browser.close();
  await mock.close();
});

const newest = (fits) => mock.world.newest().find(({ run }) => fits(run)).run.id;
const pages = {
  pipelines: () => "/pipelines",
  "no pipeline fits": () => "/pipelines?q=nothing",
  "a pipeline": () => "/pipelines/traffic",
  "its runs": () => "/pipelines/traffic?tab=runs",
  "its grid": () => "/pipelines/traffic?tab=grid",
  "its plan": () => "/pipelines/traffic?tab=plan",
  "the whole plan": () => "/plan",
  "its schedule": () => "/pipelines/traffic?tab=schedule",
  "a definition": () => "/pipelines/traffic/steps/daily_delays",
  runs: () => "/runs",
  "a run that goes on": () => `/runs/${mock.world.live}?step=load_by_hour`,
  "a run that failed": () => `/runs/${newest((run) => run.state === "failed")}?step=daily_delays`,
  "a run that was skipped": () => `/runs/${newest((run) => run.state === "skipped")}`,
  "a run that timed out": () => `/runs/${newest((run) => run.state === "timed_out")}`,
  "a step that failed": () => `/runs/${newest((run) => run.error?.sqlstate === "42703")}/steps/delays_by_state`,
  "a step with two attempts": () =>
    `/runs/${mock.world.newest().find(({ steps }) => steps.some((step) => step.attempt > 1)).run.id}/steps/flights?attempt=1`,
  backfills: () => "/backfills",
  "a backfill": () => "/backfills/b-0001",
  "all lineage": () => "/lineage",
  "lineage of a table": () => "/lineage?node=step:traffic.daily_delays&depth=2",
  "lineage of a column": () => "/lineage?node=step:traffic.worst_routes&level=columns&column=mean_delay&depth=4",
  "lineage of all columns": () => "/lineage?node=step:traffic.flown&level=columns",
  connections: () => "/connections",
  "no such page": () => "/nowhere",
  "a refusal": () => "/runs/nobody",
};

const dialogs = {
  "run now": ["/pipelines/traffic", "Run now"],
  backfill: ["/pipelines/traffic", "Backfill"],
  cancel: [() => `/runs/${mock.world.live}`, "Cancel run"],
};

const look = async (page, name) => {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const lines = found.violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n    ${nodes
        .slice(0, 4)
        .map((node) => `${node.target.join(" ")}  ${node.any[0]?.message ?? ""}`)
        .join("\n    ")}`,
  );
  assert.deepEqual(lines, [], name);
};

for (const [theme, widths] of Object.entries({ light: [1440, 390], dark: [1440] })) {
  for (const width of widths) {
    test(`${theme}, ${width} wide`, async (context) => {
      const page = await browser.open(`${mock.url}/pipelines`);
      await live(page);
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      for (const [name, path] of Object.entries(pages)) {
        await context.test(name, async () => {
          await page.goto(mock.url + path());
          await page.locator("main h1, main [role=alert], main .empty").first().waitFor();
          await settled(page);
          if (path().startsWith("/lineage")) await page.locator(".react-flow__node").first().waitFor();
          await look(page, name);
          assert.ok(
            (await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0,
            `${name} is wider than the window`,
          );
        });
      }
      if (width === 1440) {
        for (const [name, [path, button]] of Object.entries(dialogs)) {
          await context.test(`the dialog ${name}`, async () => {
            await page.goto(mock.url + (typeof path === "string" ? path : path()));
            await page.getByRole("button", { name: button }).click();
            await page.getByRole("dialog").waitFor();
            await look(page, name);
          });
        }
      }
      await page.close();
      assert.deepEqual(browser.complaints.splice(0), []);
    });
  }
}
