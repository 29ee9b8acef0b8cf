// node screenshot.mjs URL PATH FILE [light|dark] [WIDTH]: a picture of one page of a running daemon, for a README or a pair of eyes.

import { openBrowser, settled } from "./browser.mjs";

const [url, path, file, theme = "light", width = "1440"] = process.argv.slice(2);
if (!file) throw new Error("usage: node screenshot.mjs URL PATH FILE [light|dark] [WIDTH]");
const browser = await openBrowser();
try {
  const page = await browser.context.newPage();
  await page.emulateMedia({ colorScheme: theme });
  await page.setViewportSize({ width: Number(width), height: 900 });
  await page.goto(url + path);
  await page.locator("main h1").first().waitFor();
  await settled(page);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: file });
} finally {
  await browser.close();
}
