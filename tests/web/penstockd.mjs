// Starts a real daemon on a small project of its own, on DuckDB: one pipeline that succeeds and one whose check blocks.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const kProject = {
  "penstock.yaml": `project: shop
connections:
  local: { type: duckdb, path: shop.duckdb }
environments:
  dev: { target: local }
`,
  "pipelines/orders.yaml": `pipeline: orders
owner: sales
schedule: { cron: "15 2 * * *", timezone: Europe/Berlin }
steps:
  - name: lines
    sql: |
      select 1 as id, 'pipe' as product, 10 as amount
      union all select 2, 'valve', 20
      union all select 3, 'pipe', 12
    publish: table
    checks:
      - unique: [id]

  - name: totals
    from: lines
    do:
      - aggregate: { by: [product], columns: { total: sum(amount) } }
    publish: table
    checks:
      - row_count: { min: 5 }
        severity: warn
`,
  "pipelines/broken.yaml": `pipeline: broken
steps:
  - name: twice
    sql: select 1 as id union all select 1
    publish: table
    checks:
      - unique: [id]

  - name: after
    from: twice
    do:
      - filter: id > 0
    publish: table
`,
};

/** Gives { url, log(), write(name, text), stop() } once the daemon has said where it listens. */
export const startDaemon = async (program) => {
  const folder = mkdtempSync(join(tmpdir(), "penstock-daemon-"));
  mkdirSync(join(folder, "pipelines"));
  mkdirSync(join(folder, ".penstock"));
  for (const [name, text] of Object.entries(kProject)) writeFileSync(join(folder, name), text);
  const daemon = spawn(program, ["--project", folder, "--port", "0"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  daemon.stdout.on("data", (text) => (log += text));
  daemon.stderr.on("data", (text) => (log += text));
  const ended = new Promise((done) => daemon.on("exit", done));
  const file = join(folder, ".penstock", "daemon.json");
  const url = await new Promise((found, lost) => {
    const look = () => {
      try {
        const { url: at } = JSON.parse(readFileSync(file, "utf8"));
        if (at) found(at);
      } catch {
        // It is not there yet, or not whole.
      }
    };
    const watcher = watch(join(folder, ".penstock"), look);
    ended.then((code) => lost(new Error(`penstockd ended with ${code}:\n${log}`))).finally(() => watcher.close());
    look();
  });
  return {
    url,
    log: () => log,
    /** Puts another text in the place of a file of the project; without one its own again. */
    write: (name, text = kProject[name]) => writeFileSync(join(folder, name), text),
    stop: async () => {
      daemon.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
