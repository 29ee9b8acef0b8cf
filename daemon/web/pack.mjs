// node pack.mjs DIST OUT: compresses every file of DIST into OUT/assets.bin and writes OUT/assets_table.inc, the table of where each one lies.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { constants, gzipSync } from "node:zlib";

const kTypes = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

const [dist, out] = process.argv.slice(2);
if (!dist || !out) throw new Error("usage: node pack.mjs DIST OUT");

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .map((file) => ({ file, path: `/${relative(dist, file).split(sep).join("/")}` }))
  .sort((a, b) => (a.path < b.path ? -1 : 1));

const blobs = [];
let offset = 0;
const rows = files.map(({ file, path }) => {
  const type = kTypes[extname(file)];
  if (!type) throw new Error(`no media type is known for ${path}`);
  const bytes = readFileSync(file);
  const etag = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const packed = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });
  const row = `{"${path}", "${type}", ${offset}U, ${packed.length}U, "\\"${etag}\\"", ${path.startsWith("/assets/")}},`;
  blobs.push(packed);
  offset += packed.length;
  return row;
});

mkdirSync(out, { recursive: true });
writeFileSync(join(out, "assets.bin"), Buffer.concat(blobs));
writeFileSync(join(out, "assets_table.inc"), `${rows.join("\n")}\n`);
