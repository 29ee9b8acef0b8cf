// Starts Debian's Chromium on the built dashboard, with a daemon that pretends behind it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { createMock } from "./mock/server.mjs";

const kFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const kDist = process.env.PENSTOCK_TEST_WEB_DIST ?? new URL("../../daemon/web/dist", import.meta.url).pathname;

/** A browser with a profile of its own. Anything that a page complains about is collected in complaints. */
export const openBrowser = async () => {
  const profile = mkdtempSync(join(tmpdir(), "penstock-web-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.PENSTOCK_TEST_CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: kFlags,
    viewport: { width: 1280, height: 860 },
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  });
  context.setDefaultTimeout(10_000);
  const complaints = [];
  const watch = (page) => {
    page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      // A refused request is the page's to show; everything else, a breach of the content policy above all, is a fault.
      if (
        ["error", "warning"].includes(message.type()) &&
        !/status of (401|403|404|409|422)|ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(message.text())
      ) {
        complaints.push(`${page.url()}: ${message.text()}`);
      }
    });
    page.on("request", (request) => {
      if (!request.url().startsWith("http://127.0.0.1:")) complaints.push(`${page.url()} asked for ${request.url()}`);
    });
  };
  context.on("page", watch);
  context.pages().forEach(watch);
  return {
    context,
    complaints,
    open: async (url) => {
      const page = await context.newPage();
      await page.goto(url);
      await page.locator("main h1").waitFor();
      return page;
    },
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
};

export const openDashboard = async (options = {}) => {
  const mock = await createMock({ dist: kDist, ...options });
  return mock;
};

/** Waits until nothing on the page is still to come. */
export const settled = (page) => page.waitForFunction(() => !document.querySelector(".waiting, .graph-wait, .chart-wait"));

/** Waits until the page's stream is open, so that what happens next reaches it as an event. */
export const live = (page) => page.locator(".live.is-live").waitFor();
