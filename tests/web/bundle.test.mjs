// What a browser has to fetch stays small, and nothing in the page needs a laxer content policy.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { kDist } from "./browser.mjs";

const kInitial = 200_000;
const kTotal = 400_000;

const assets = new Map(
  readdirSync(join(kDist, "assets")).map((name) => {
    const bytes = readFileSync(join(kDist, "assets", name));
    return [name, { text: bytes.toString(), size: gzipSync(bytes, { level: 9 }).length }];
  }),
);
const page = readFileSync(join(kDist, "index.html"), "utf8");

// Everything that a file needs before it can start: its static imports, and theirs.
const needs = (name, seen = new Set()) => {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const [, , other] of assets.get(name).text.matchAll(/(?:from|import)\s*(["'`])\.\/([^"'`]+\.js)\1/g)) needs(other, seen);
  return seen;
};
const size = (names) => [...names].reduce((sum, name) => sum + assets.get(name).size, 0);

test(`the first page is at most ${kInitial / 1000} kB compressed, everything ${kTotal / 1000} kB`, (context) => {
  const first = new Set();
  for (const [, name] of page.matchAll(/(?:src|href)="\/assets\/([^"]+)"/g)) name.endsWith(".js") ? needs(name, first) : first.add(name);
  const pipelines = [...assets.keys()].find((name) => /^pipelines-.*\.js$/.test(name));
  needs(pipelines, first);
  first.add([...assets.keys()].find((name) => name.startsWith("live.worker")));
  const initial = size(first);
  const total = size(assets.keys());
  context.diagnostic(`initial ${initial} bytes in ${first.size} files, total ${total} bytes in ${assets.size} files`);
  assert.ok(initial <= kInitial, `${initial} bytes: ${[...first].map((name) => `${name} ${assets.get(name).size}`).join(", ")}`);
  assert.ok(total <= kTotal, `${total} bytes`);
  assert.ok(![...first].some((name) => /^(graph|layout|chart)/.test(name)), "a graph or a chart is loaded with the first page");
});

test("the page holds no script, style or handler of its own", () => {
  for (const [, attributes, body] of page.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)) {
    assert.match(attributes, /src="\//);
    assert.equal(body, "");
  }
  assert.doesNotMatch(page, /<style|\sstyle=|\son[a-z]+=/);
});

test("every asset is named by its content, and nothing else is in the folder", () => {
  for (const name of assets.keys()) assert.match(basename(name), /-[\w-]{8}\.(js|css)$/);
  assert.deepEqual(readdirSync(kDist).sort(), ["assets", "icon.svg", "index.html", "theme.js"]);
});
