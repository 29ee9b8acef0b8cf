// A daemon that only pretends: it answers every operation of schemas/openapi.json from a World. For development and tests.
//   node tests/web/mock/server.mjs [--port 8080] [--token secret] [--role operator] [--manual] [--dist daemon/web/dist]

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { dependsOn, idOf, pipelineOf, pipelines, publishOf, sources, stepOf, unitsOf } from "./project.mjs";
import { World } from "./world.mjs";

const kHere = dirname(fileURLToPath(import.meta.url));
const kOpenapi = readFileSync(join(kHere, "../../../schemas/openapi.json"));
const kTypes = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};
const kPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

class Refusal extends Error {
  constructor(status, code, title, detail, errors = []) {
    super(detail);
    this.problem = { type: `urn:penstock:problem:${code}`, title, status, code, detail, errors };
  }
}
const notFound = (detail) => new Refusal(404, "not_found", "Not found", detail);
const pipelineNamed = (name) =>
  pipelineOf(name) ??
  (() => {
    throw notFound(`There is no pipeline "${name}".`);
  })();

export const createMock = async ({ port = 0, token = null, role = "operator", auto = false, dist = null, world = new World() } = {}) => {
  const streams = new Set();
  const edgesOf = (id) => {
    for (const p of pipelines) for (const s of p.steps) if (idOf(p.name, s.name) === id) return s.reads;
    return [];
  };
  const everyNode = () => [
    ...Object.values(sources).map((s) => `source:${s.table}`),
    ...pipelines.flatMap((p) => p.steps.map((s) => idOf(p.name, s.name))),
  ];
  const columnsOf = (id) =>
    (id.startsWith("source:")
      ? Object.values(sources).find((s) => `source:${s.table}` === id)?.columns
      : stepOf(...id.slice(5).split(".", 2))?.columns) ?? [];

  const page = (items, query, key) => {
    const limit = Number(query.get("limit") ?? 50);
    const from = query.get("cursor") ? items.findIndex((i) => key(i) === Buffer.from(query.get("cursor"), "base64url").toString()) + 1 : 0;
    const slice = items.slice(from, from + limit);
    return { items: slice, next_cursor: from + limit < items.length ? Buffer.from(key(slice.at(-1))).toString("base64url") : null };
  };
  const list = (query, name) => query.get(name)?.split(",").filter(Boolean) ?? [];
  const includes = (values, value) => values.length === 0 || values.includes(value);

  const around = (node, direction, depth) => {
    const ids = new Set([node]);
    const walk = (id, left, next) => {
      if (left > 0) for (const other of next(id)) if (!ids.has(other) || left > 1) (ids.add(other), walk(other, left - 1, next));
    };
    if (direction !== "downstream") walk(node, depth, edgesOf);
    if (direction !== "upstream") walk(node, depth, (id) => everyNode().filter((other) => edgesOf(other).includes(id)));
    return ids;
  };
  const graphOf = (ids, truncated) => ({
    nodes: [...ids].map((id) => world.node(id)),
    edges: [...ids].flatMap((to) =>
      edgesOf(to)
        .filter((from) => ids.has(from))
        .map((from) => ({ from, to })),
    ),
    truncated,
  });

  const columnLineage = (node, column, direction, depth) => {
    const edges = [];
    const all = pipelines.flatMap((p) =>
      p.steps.flatMap((s) =>
        Object.entries(s.lineage ?? {}).flatMap(([to, list_]) =>
          list_.map(([from, name, use, how]) => ({
            from: { node: from, column: name },
            to: { node: idOf(p.name, s.name), column: to === "*" ? null : to },
            use,
            how,
          })),
        ),
      ),
    );
    const seen = new Set();
    const follow = (at, left, forward) => {
      const key = `${forward} ${at.node} ${at.column}`;
      if (left <= 0 || seen.has(key)) return;
      seen.add(key);
      for (const edge of all) {
        const [near, far] = forward ? [edge.from, edge.to] : [edge.to, edge.from];
        if (near.node === at.node && near.column === at.column) {
          if (!edges.includes(edge)) edges.push(edge);
          follow(far, left - 1, forward);
        }
      }
    };
    const starts = column ? [column] : columnsOf(node).map((c) => c.name);
    for (const name of starts)
      for (const forward of [false, true])
        if (direction === "both" || (direction === "downstream") === forward) follow({ node, column: name }, depth, forward);
    const nodes = new Map([[node, new Set(columnsOf(node).map((c) => c.name))]]);
    for (const edge of edges)
      for (const end of [edge.from, edge.to]) {
        if (!nodes.has(end.node)) nodes.set(end.node, new Set());
        if (end.column) nodes.get(end.node).add(end.column);
      }
    return {
      focus: { node, column },
      nodes: [...nodes].map(([id, names]) => ({
        ...world.node(id),
        columns: columnsOf(id).filter((c) => names.has(c.name)),
        opaque: Boolean(id.startsWith("step:") && stepOf(...id.slice(5).split(".", 2)).opaque),
      })),
      edges,
      truncated: false,
    };
  };

  const pipelineDetail = (definition) => {
    const ids = new Set([...definition.steps.map((s) => idOf(definition.name, s.name)), ...definition.steps.flatMap((s) => s.reads)]);
    const used = Object.entries(sources).filter(([, s]) => ids.has(`source:${s.table}`));
    return {
      pipeline: world.pipeline(definition),
      file: definition.file,
      definition_hash: world.newest().find((r) => r.run.pipeline === definition.name)?.run.definition_hash ?? "0",
      interval: definition.interval,
      parameters: definition.parameters,
      sources: used.map(([name, s]) => ({ id: `source:${s.table}`, name, table: s.table, connection: "local" })),
      steps: definition.steps.map((s) => ({
        id: idOf(definition.name, s.name),
        name: s.name,
        description: s.description,
        kind: s.kind,
        connection: "local",
        table: s.table,
        publish: publishOf(s),
        depends_on: dependsOn(definition, s),
        sources: used.filter(([, u]) => s.reads.includes(`source:${u.table}`)).map(([name]) => name),
        columns: s.columns,
        checks: s.checks,
        position: { file: definition.file, line: s.line, column: 5 },
        latest: world.latest(definition.name, s.name),
      })),
      graph: graphOf(ids, false),
      triggers:
        definition.cron || definition.upstream
          ? [
              {
                name: definition.cron ? "daily" : "after_staging",
                kind: definition.cron ? "cron" : "upstream",
                cron: definition.cron,
                timezone: definition.timezone,
                upstream: definition.upstream ?? [],
                paused: false,
                misfire: "last",
                misfire_window_ms: 86_400_000,
                overlap: "skip",
                dst_gap: "shift",
                dst_overlap: "first",
                next_starts: world.nextStarts(definition, 5),
              },
            ]
          : [],
      missed_starts: world
        .newest()
        .filter((r) => r.run.pipeline === definition.name && r.run.state === "skipped")
        .slice(0, 20)
        .map(({ run }) => ({ run_id: run.id, trigger: run.trigger.name, nominal_at: run.trigger.nominal_at, reason: run.reason })),
      diagnostics: [],
    };
  };

  const runOf = (id) =>
    world.runs.get(id) ??
    (() => {
      throw notFound(`There is no run "${id}".`);
    })();
  const backfillOf = (id) =>
    world.backfills.get(id) ??
    (() => {
      throw notFound(`There is no backfill "${id}".`);
    })();

  // [method, pattern, role, handler]; a handler returns a body, or { status, headers, body }.
  const routes = [
    ["GET", /^\/api\/v1\/server$/, "viewer", () => world.server(role, token ? "token" : "none")],
    ["GET", /^\/api\/v1\/openapi\.json$/, "viewer", () => JSON.parse(kOpenapi)],
    [
      "GET",
      /^\/api\/v1\/pipelines$/,
      "viewer",
      (_, query) => {
        const q = (query.get("q") ?? "").toLowerCase();
        const states = list(query, "state");
        const found = pipelines
          .map((p) => world.pipeline(p))
          .filter(
            (p) =>
              [p.name, p.owner, p.description, ...p.tags].join(" ").toLowerCase().includes(q) &&
              includes(states, p.recent_runs[0]?.state) &&
              (!query.get("owner") || p.owner === query.get("owner")),
          );
        return page(
          found.sort((a, b) => (a.name < b.name ? -1 : 1)),
          query,
          (p) => p.name,
        );
      },
    ],
    ["GET", /^\/api\/v1\/pipelines\/([^/]+)$/, "viewer", ([name]) => pipelineDetail(pipelineNamed(name))],
    [
      "GET",
      /^\/api\/v1\/pipelines\/([^/]+)\/history$/,
      "viewer",
      ([name], query) => {
        const { name: wanted } = pipelineNamed(name);
        return page(
          world
            .newest()
            .filter(({ run }) => run.pipeline === wanted)
            .map(({ run, steps }) => ({
              run,
              steps: steps.map(({ name: step, state, attempt, started_at, duration_ms, rows, checks }) => ({
                name: step,
                state,
                attempt,
                started_at,
                duration_ms,
                rows,
                checks,
              })),
            })),
          query,
          ({ run }) => run.id,
        );
      },
    ],
    [
      "POST",
      /^\/api\/v1\/pipelines\/([^/]+)\/runs$/,
      "operator",
      ([name], _, body) => {
        const definition = pipelineNamed(name);
        for (const key of Object.keys(body.parameters ?? {})) {
          if (!definition.parameters.some((p) => p.name === key))
            throw new Refusal(422, "unknown_parameter", "Unknown parameter", `The pipeline has no parameter "${key}".`, [
              { pointer: `/parameters/${key}`, code: "unknown_parameter", detail: "Leave it out." },
            ]);
        }
        const run = world.trigger(name, body);
        return { status: 202, headers: { Location: `/api/v1/runs/${run.id}` }, body: run };
      },
    ],
    [
      "GET",
      /^\/api\/v1\/pipelines\/([^/]+)\/steps\/([^/]+)\/sql$/,
      "viewer",
      ([name, step]) => {
        const definition = pipelineNamed(name);
        const found = stepOf(name, step);
        if (!found) throw notFound(`Pipeline "${name}" has no step "${step}".`);
        const seen = {};
        return {
          pipeline: name,
          step,
          dialect: "duckdb",
          source: {
            language: found.kind === "components" ? "yaml" : "sql",
            text:
              found.kind === "components"
                ? `- name: ${found.name}\n  from: ${found.reads[0].split(".").at(-1)}\n  publish: ${found.as}\n`
                : found.sql,
            position: { file: definition.file, line: found.line, column: 5 },
          },
          units: unitsOf(found).map(({ phase, purpose, sql }) => ({
            phase,
            ordinal: (seen[phase] = (seen[phase] ?? -1) + 1),
            purpose,
            sql,
          })),
        };
      },
    ],
    [
      "GET",
      /^\/api\/v1\/runs$/,
      "viewer",
      (_, query) =>
        page(
          world
            .newest()
            .map((r) => r.run)
            .filter(
              (r) =>
                (!query.get("pipeline") || r.pipeline === query.get("pipeline")) &&
                includes(list(query, "state"), r.state) &&
                includes(list(query, "trigger"), r.trigger.kind) &&
                (!query.get("backfill") || r.backfill_id === query.get("backfill")) &&
                (!query.get("since") || r.created_at >= query.get("since")) &&
                (!query.get("until") || r.created_at < query.get("until")),
            ),
          query,
          (r) => r.id,
        ),
    ],
    [
      "GET",
      /^\/api\/v1\/runs\/([^/]+)$/,
      "viewer",
      ([id], query) => {
        const record = runOf(id);
        return {
          run: record.run,
          steps: record.steps,
          attempts: query.get("include") === "attempts" ? [...record.attempts.values()].flat() : null,
        };
      },
    ],
    [
      "POST",
      /^\/api\/v1\/runs\/([^/]+)\/cancel$/,
      "operator",
      ([id]) => {
        const { run } = runOf(id);
        if (run.state !== "cancelling" && !run.actions.includes("cancel"))
          throw new Refusal(
            409,
            "run_finished",
            "The run is finished",
            `Run ${id} has already ended (${run.state}); there is nothing to cancel.`,
          );
        return { status: 202, headers: { Location: `/api/v1/runs/${id}` }, body: world.cancel(id) };
      },
    ],
    [
      "POST",
      /^\/api\/v1\/runs\/([^/]+)\/retry$/,
      "operator",
      ([id], _, body) => {
        const { run } = runOf(id);
        if (!run.actions.includes("retry"))
          throw new Refusal(
            409,
            "run_active",
            "The run is still active",
            `Run ${id} is ${run.state}; cancel it first, or wait for its end.`,
          );
        const made = world.retry(id, body);
        return { status: 202, headers: { Location: `/api/v1/runs/${made.id}` }, body: made };
      },
    ],
    [
      "GET",
      /^\/api\/v1\/runs\/([^/]+)\/steps\/([^/]+)$/,
      "viewer",
      ([id, name]) => {
        const record = runOf(id);
        const step = record.steps.find((s) => s.name === name);
        if (!step) throw notFound(`Run "${id}" has no step "${name}".`);
        return { run: record.run, step, attempts: record.attempts.get(name) ?? [] };
      },
    ],
    [
      "GET",
      /^\/api\/v1\/steps$/,
      "viewer",
      (_, query) =>
        page(
          world
            .newest()
            .filter((r) => !query.get("pipeline") || r.run.pipeline === query.get("pipeline"))
            .flatMap((r) => r.steps)
            .filter((s) => (!query.get("step") || s.name === query.get("step")) && includes(list(query, "state"), s.state)),
          query,
          (s) => `${s.run_id} ${s.name}`,
        ),
    ],
    [
      "GET",
      /^\/api\/v1\/backfills$/,
      "viewer",
      (_, query) =>
        page(
          [...world.backfills.values()]
            .reverse()
            .map((b) => b.backfill)
            .filter((b) => (!query.get("pipeline") || b.pipeline === query.get("pipeline")) && includes(list(query, "state"), b.state)),
          query,
          (b) => b.id,
        ),
    ],
    [
      "POST",
      /^\/api\/v1\/backfills$/,
      "operator",
      (_, __, body) => {
        pipelineNamed(body.pipeline);
        if (!(body.start < body.end))
          throw new Refusal(422, "empty_span", "Nothing to run", "The span is empty: end must come after start.", [
            { pointer: "/end", code: "empty_span", detail: "Choose a later month." },
          ]);
        const record = world.createBackfill(body, body.dry_run);
        return body.dry_run ? record : { status: 202, headers: { Location: `/api/v1/backfills/${record.backfill.id}` }, body: record };
      },
    ],
    ["GET", /^\/api\/v1\/backfills\/([^/]+)$/, "viewer", ([id]) => backfillOf(id)],
    [
      "POST",
      /^\/api\/v1\/backfills\/([^/]+)\/cancel$/,
      "operator",
      ([id]) => ({ status: 202, headers: { Location: `/api/v1/backfills/${id}` }, body: (backfillOf(id), world.cancelBackfill(id)) }),
    ],
    [
      "GET",
      /^\/api\/v1\/lineage$/,
      "viewer",
      (_, query) => {
        const node = query.get("node");
        const limit = Number(query.get("limit") ?? 300);
        if (!node) return graphOf(new Set(everyNode().slice(0, limit)), everyNode().length > limit);
        if (!world.node(node)) throw notFound(`There is no table "${node}".`);
        const depth = Number(query.get("depth") ?? 1);
        const ids = around(node, query.get("direction") ?? "both", depth);
        return graphOf(ids, around(node, query.get("direction") ?? "both", depth + 1).size > ids.size);
      },
    ],
    [
      "GET",
      /^\/api\/v1\/lineage\/nodes$/,
      "viewer",
      (_, query) =>
        page(
          everyNode()
            .map((id) => world.node(id))
            .filter((n) => `${n.id} ${n.table}`.toLowerCase().includes((query.get("q") ?? "").toLowerCase()))
            .sort((a, b) => (a.id < b.id ? -1 : 1)),
          query,
          (n) => n.id,
        ),
    ],
    [
      "GET",
      /^\/api\/v1\/lineage\/columns$/,
      "viewer",
      (_, query) => {
        if (!world.node(query.get("node") ?? "")) throw notFound(`There is no table "${query.get("node")}".`);
        return columnLineage(query.get("node"), query.get("column"), query.get("direction") ?? "both", Number(query.get("depth") ?? 1));
      },
    ],
    [
      "POST",
      /^\/api\/v1\/plan$/,
      "viewer",
      (_, __, body) => {
        const chosen = pipelines.filter((p) => !body.pipelines?.length || body.pipelines.includes(p.name));
        const steps = chosen.flatMap((p) =>
          p.steps.map((s) => ({
            pipeline: p.name,
            step: s.name,
            action: s.name === "routes" ? "change" : "unchanged",
            reasons:
              s.name === "routes" ? [{ code: "query_changed", message: "The query differs from the one that was last published." }] : [],
            table: s.table,
            connection: "local",
            publish: publishOf(s),
            schema_changes:
              s.name === "routes"
                ? [
                    { column: "distance", change: "added", from: null, to: "int32", breaking: false },
                    { column: "mean_delay", change: "type_changed", from: "float64", to: "int32", breaking: true },
                  ]
                : [],
            downstream: everyNode().filter((n) => edgesOf(n).includes(idOf(p.name, s.name))),
            notes: [],
            estimated_bytes: null,
            units: !body.include_sql ? [] : unitsOf(s).map(({ phase, purpose, sql }, i) => ({ phase, ordinal: i, purpose, sql })),
          })),
        );
        const change = steps.filter((s) => s.action === "change").length;
        return {
          hash: "4be2c3d07a915f6e",
          created_at: new Date(world.now).toISOString(),
          environment: "dev",
          summary: { create: 0, change, unchanged: steps.length - change, orphaned: 1, breaking: change },
          steps,
          orphans: [
            {
              pipeline: "reports",
              step: "monthly_delays",
              connection: "local",
              table: "marts.monthly_delays",
              run_id: "r-0198c1",
              published_at: new Date(world.now - 86400000).toISOString(),
            },
          ],
          diagnostics: [],
        };
      },
    ],
    ["GET", /^\/api\/v1\/connections$/, "viewer", () => ({ items: world.connections })],
    ["GET", /^\/api\/v1\/orphans$/, "operator", () => ({ items: [world.orphan], diagnostics: [] })],
    ["POST", /^\/api\/v1\/orphans\/drop$/, "operator", () => ({ items: [{ ...world.orphan, error: null }], diagnostics: [] })],
    ["GET", /^\/livez$/, null, () => ({ state: "ok", checks: [] })],
    [
      "GET",
      /^\/readyz$/,
      null,
      () => ({ state: "ok", checks: ["store", "project", "scheduler"].map((name) => ({ name, state: "ok", message: null })) }),
    ],
  ];

  const send = (response, status, headers, body) => {
    response.writeHead(status, { "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", ...headers });
    response.end(body);
  };
  const refuse = (response, refusal, path) =>
    send(
      response,
      refusal.problem.status,
      {
        "Content-Type": "application/problem+json",
        ...(refusal.problem.status === 401 ? { "WWW-Authenticate": 'Bearer realm="penstock"' } : {}),
      },
      JSON.stringify({ ...refusal.problem, instance: path }),
    );

  const stream = (request, response, query) => {
    const topics = list(query, "topics");
    const wanted = (event) => topics.length === 0 || event.topics.some((t) => topics.includes(t));
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" });
    response.flushHeaders();
    const write = (event) =>
      wanted(event) && response.write(`id: ${event.id}\nevent: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`);
    const from = request.headers["last-event-id"] ?? query.get("last_event_id");
    if (from === undefined || from === null) response.write(`id: ${world.event_id}\nevent: hello\ndata: {}\n\n`);
    else if (world.events.length && Number(from) < world.events[0].id - 1)
      response.write(`id: ${world.event_id}\nevent: reset\ndata: {}\n\n`);
    else world.events.filter((e) => e.id > Number(from)).forEach(write);
    const entry = { response, topics };
    streams.add(entry);
    world.listeners.add(write);
    const beat = setInterval(() => response.write(": heartbeat\n\n"), 10_000);
    response.on("close", () => (clearInterval(beat), world.listeners.delete(write), streams.delete(entry)));
  };

  const asset = (response, path) => {
    const file = normalize(path).replace(/^[/\\]+/, "");
    for (const name of extname(file) ? [file] : [join(file, "index.html"), "index.html"]) {
      try {
        const bytes = readFileSync(join(dist, name));
        return send(
          response,
          200,
          {
            "Content-Type": kTypes[extname(name)] ?? "application/octet-stream",
            "Content-Security-Policy": kPolicy,
            "Cache-Control": name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
          },
          bytes,
        );
      } catch {
        /* the next name */
      }
    }
    return send(response, 404, { "Content-Type": "text/plain" }, "not found");
  };

  const answer = async (request, response) => {
    const url = new URL(request.url, "http://mock");
    const path = url.pathname;
    try {
      if (path === "/metrics")
        return send(
          response,
          200,
          { "Content-Type": "text/plain; version=0.0.4" },
          '# TYPE penstock_build_info gauge\npenstock_build_info{version="0.1.0"} 1\n',
        );
      if (!path.startsWith("/api/") && !/^\/(livez|readyz)$/.test(path)) return dist ? asset(response, path) : send(response, 404, {}, "");
      if (path.startsWith("/api/") && token && request.headers.authorization !== `Bearer ${token}`)
        throw new Refusal(401, "unauthorized", "Unauthorized", "This daemon answers only to a bearer token.");
      if (path === "/api/v1/events") return stream(request, response, url.searchParams);
      const route = routes.find(([method, pattern]) => method === request.method && pattern.test(path));
      if (!route)
        throw routes.some(([, pattern]) => pattern.test(path))
          ? new Refusal(405, "method_not_allowed", "Method not allowed", `${request.method} is not possible here.`)
          : notFound(`There is nothing at ${path}.`);
      if (route[2] === "operator" && role === "viewer")
        throw new Refusal(403, "role_too_low", "Role too low", "This needs the role operator; your token has the role viewer.");
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const key = request.headers["idempotency-key"];
      const digest = createHash("sha256")
        .update(path + text)
        .digest("hex");
      const before = key && world.idempotency.get(key);
      if (before && before.digest !== digest)
        throw new Refusal(
          422,
          "idempotency_key_reused",
          "Idempotency key reused",
          "The same Idempotency-Key came before with another request.",
        );
      if (before) return send(response, before.status, { ...before.headers, "Idempotency-Replayed": "true" }, before.body);
      const result = route[3](path.match(route[1]).slice(1).map(decodeURIComponent), url.searchParams, text ? JSON.parse(text) : {});
      const { status, headers, body } = result.status ? result : { status: 200, headers: {}, body: result };
      const bytes = JSON.stringify(body);
      const all = { "Content-Type": "application/json", ...headers };
      if (request.method === "GET") {
        all.ETag = `"${createHash("sha256")
          .update(bytes.replace(/"time":"[^"]*"/, ""))
          .digest("hex")
          .slice(0, 16)}"`;
        all["Penstock-Event-Id"] = String(world.event_id);
        if (body.next_cursor) {
          url.searchParams.set("cursor", body.next_cursor);
          all.Link = `<${url.pathname}${url.search}>; rel="next"`;
        }
        if (request.headers["if-none-match"] === all.ETag) return send(response, 304, all, "");
      } else if (key) world.idempotency.set(key, { digest, status, headers: all, body: bytes });
      return send(response, status, all, bytes);
    } catch (error) {
      if (error instanceof Refusal) return refuse(response, error, path);
      console.error(error);
      return refuse(response, new Refusal(500, "internal", "Internal error", "The mock failed; see its log."), path);
    }
  };

  const server = createServer(answer);
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  const timer = auto ? setInterval(() => world.advance(700) || (world.now % 20 < 1 && world.trigger("traffic")), 700) : null;
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    world,
    streams,
    dropStreams: () => streams.forEach(({ response }) => response.destroy()),
    close: () => (clearInterval(timer), server.closeAllConnections(), new Promise((done) => server.close(done))),
  };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name, fallback) => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : fallback);
  const mock = await createMock({
    port: Number(option("port", 8080)),
    token: option("token", null),
    role: option("role", "operator"),
    auto: !process.argv.includes("--manual"),
    dist: option("dist", null),
  });
  console.log(`${mock.url} serves the flights project; run ${mock.world.live} is in progress`);
}
