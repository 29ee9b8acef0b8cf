// What the mock daemon remembers: runs with their steps, attempts and units, backfills, connections, and the log of events.
// advance() moves everything that is active by one statement, so that a test decides when something happens.

import { createHash } from "node:crypto";
import { history } from "./history.mjs";
import { advanceBackfill, advanceRun } from "./progress.mjs";
import { dependsOn, idOf, pipelineOf, pipelines, publishOf, sources, unitsOf } from "./project.mjs";
import { iso, kDay, kFinal } from "./states.mjs";

const hash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 16);

// A small generator with a seed: the same world on every start.
const random = (seed) => () => {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

/** An interval as the API gives it; the pipelines here are in UTC. */
const spanOf = ({ start, end }) => {
  const [from, to] = [new Date(start).toISOString(), new Date(end).toISOString()];
  return { start: from, end: to, local_start: from.slice(0, 19), local_end: to.slice(0, 19) };
};

export class World {
  constructor({ now = Date.now() } = {}) {
    this.now = now;
    this.started = now - 2.4 * kDay;
    this.runs = new Map();
    this.backfills = new Map();
    this.events = [];
    this.event_id = 4700;
    this.listeners = new Set();
    this.idempotency = new Map();
    this.serial = 0x198c0;
    this.query = 1800;
    this.random = random(7);
    this.orphan = {
      connection: "local",
      kind: "table",
      name: "marts.penstock_staged_2k4mr0q7v9xw_routes",
      state: "left",
      run_id: "r-0198c1",
      step: "traffic.routes",
    };
    this.connections = [
      {
        name: "lake",
        type: "trino",
        state: "degraded",
        address: "trino.example:8443",
        engine: "Trino 476",
        read_only: false,
        environments: ["prod"],
        slots: 8,
        slots_used: 0,
        queued: 0,
        checked_at: iso(now - 41_000),
        latency_ms: 212,
        retry_at: null,
        error: {
          kind: "throttled",
          code: "PEN5003",
          message: "The coordinator answered 503 twice in the last minute.",
          hint: "Penstock waits longer between statements until it answers again.",
          sqlstate: null,
          vendor_code: "503",
          position: null,
          step: null,
          retryable: true,
        },
      },
      {
        name: "local",
        type: "duckdb",
        state: "up",
        address: "flights.duckdb",
        engine: "DuckDB 1.4.1",
        read_only: false,
        environments: ["dev"],
        slots: 4,
        slots_used: 1,
        queued: 2,
        checked_at: iso(now - 12_000),
        latency_ms: 1,
        retry_at: null,
        error: null,
      },
      {
        name: "mirror",
        type: "postgres",
        state: "down",
        address: "mirror.example:5432",
        engine: "PostgreSQL 15.18",
        read_only: true,
        environments: ["prod"],
        slots: 2,
        slots_used: 0,
        queued: 1,
        checked_at: iso(now - 95_000),
        latency_ms: null,
        retry_at: iso(now + 25_000),
        error: {
          kind: "transient",
          code: "PEN5001",
          message: "Connection refused.",
          hint: "Is the server listening on mirror.example:5432? Steps on this connection wait; nothing fails until their timeout.",
          sqlstate: null,
          vendor_code: "ECONNREFUSED",
          position: null,
          step: null,
          retryable: true,
        },
      },
      {
        name: "warehouse",
        type: "postgres",
        state: "unknown",
        address: "127.0.0.1:5432",
        engine: null,
        read_only: false,
        environments: ["test"],
        slots: 4,
        slots_used: 0,
        queued: 0,
        checked_at: null,
        latency_ms: null,
        retry_at: null,
        error: null,
      },
    ];
    history(this);
    this.events = [];
  }

  // --- reading

  newest() {
    return [...this.runs.values()].sort((a, b) =>
      a.run.created_at === b.run.created_at ? (a.run.id < b.run.id ? 1 : -1) : a.run.created_at < b.run.created_at ? 1 : -1,
    );
  }

  pipeline(definition) {
    const runs = this.newest().filter((r) => r.run.pipeline === definition.name);
    const good = runs.find((r) => r.run.state === "succeeded");
    const next = this.next(definition, 1)[0] ?? null;
    const due = definition.expected_within_ms && good ? Date.parse(good.run.finished_at) + definition.expected_within_ms : null;
    return {
      name: definition.name,
      description: definition.description,
      owner: definition.owner,
      tags: definition.tags,
      environment: "dev",
      step_count: definition.steps.length,
      schedule: definition.cron
        ? { trigger: "daily", kind: "cron", cron: definition.cron, timezone: definition.timezone, paused: false }
        : definition.upstream
          ? { trigger: "after_staging", kind: "upstream", cron: null, timezone: null, paused: false }
          : null,
      next_start: next,
      freshness: {
        state: !good ? "never" : due === null ? "none" : due < this.now ? "late" : "fresh",
        last_success_at: good?.run.finished_at ?? null,
        due_at: due ? iso(due) : null,
        expected_within_ms: definition.expected_within_ms,
      },
      active_runs: runs.filter((r) => ["queued", "running", "cancelling"].includes(r.run.state)).length,
      recent_runs: runs.slice(0, 14).map(({ run }) => ({
        id: run.id,
        state: run.state,
        reason: run.reason,
        nominal_at: run.trigger.nominal_at ?? run.created_at,
        started_at: run.started_at,
        finished_at: run.finished_at,
        duration_ms: run.duration_ms,
      })),
    };
  }

  node(id) {
    if (id.startsWith("source:")) {
      const source = Object.values(sources).find((s) => `source:${s.table}` === id);
      return (
        source && {
          id,
          kind: "source",
          pipeline: null,
          name: source.table,
          table: source.table,
          connection: "local",
          column_count: source.columns.length,
          state: null,
        }
      );
    }
    for (const p of pipelines)
      for (const s of p.steps) {
        if (idOf(p.name, s.name) === id) {
          return {
            id,
            kind: "step",
            pipeline: p.name,
            name: s.name,
            table: s.table,
            connection: "local",
            column_count: s.columns.length,
            state: this.latest(p.name, s.name)?.state ?? null,
          };
        }
      }
    return undefined;
  }

  latest(pipeline, step) {
    for (const r of this.newest()) {
      const found = r.run.pipeline === pipeline && r.steps.find((s) => s.name === step);
      if (found && found.started_at)
        return { run_id: r.run.id, state: found.state, finished_at: found.finished_at, duration_ms: found.duration_ms, rows: found.rows };
    }
    return null;
  }

  nextStarts(definition, count) {
    return this.next(definition, count);
  }

  server(role, auth) {
    return {
      version: "0.1.0",
      project: "flights",
      environment: "dev",
      role,
      auth,
      started_at: iso(this.started),
      time: iso(this.now),
      load: {
        state: "ok",
        loaded_at: iso(this.started + 120),
        pipelines: pipelines.length,
        steps: pipelines.reduce((n, p) => n + p.steps.length, 0),
        diagnostics: [],
        ...this.load,
      },
    };
  }

  // --- acting

  emit(name, data, topics) {
    const event = { id: ++this.event_id, name, data: structuredClone(data), topics };
    this.events.push(event);
    if (this.events.length > 5000) this.events.shift();
    for (const listener of this.listeners) listener(event);
    return event;
  }

  trigger(pipeline, { interval = null, parameters = {}, steps = [], note = null } = {}, kind = "api", actor = "maria", extra = {}) {
    const definition = pipelineOf(pipeline);
    const span = interval ?? (definition.interval ? { start: "2001-05-01T00:00:00.000Z", end: "2001-06-01T00:00:00.000Z" } : null);
    const record = this.make(definition, this.now, { kind, name: null, nominal_at: null, actor, note }, span, {
      ...extra,
      parameters,
      only: steps,
    });
    this.runEvent(record);
    return record.run;
  }

  cancel(id) {
    const record = this.runs.get(id);
    record.run.state = "cancelling";
    record.run.reason = { code: "cancelled_by_user", message: "maria asked for it; the engine has not confirmed yet." };
    record.run.actions = [];
    this.runEvent(record);
    return record.run;
  }

  // The project folder is read again, and found good, or wrong in these places.
  reload(diagnostics = []) {
    this.load = { state: diagnostics.length ? "failed" : "ok", diagnostics };
    this.emit("server", { state: this.load.state }, ["server"]);
  }

  setConnection(name, change) {
    const connection = this.connections.find((one) => one.name === name);
    Object.assign(connection, change);
    this.emit("connection", { name, state: connection.state }, ["connections"]);
  }

  retry(id, { mode = "resume", steps = [], note = null } = {}) {
    const record = this.runs.get(id);
    const definition = pipelineOf(record.run.pipeline);
    const made = this.make(
      definition,
      this.now,
      { kind: "retry", name: null, nominal_at: record.run.trigger.nominal_at, actor: "maria", note },
      record.run.interval,
      { parameters: record.run.parameters, retry_of: id },
    );
    if (mode === "resume") {
      const again = new Set(steps);
      for (const step of made.steps) {
        const before = record.steps.find((s) => s.name === step.name);
        if (step.depends_on.some((d) => again.has(d)) || before.state !== "succeeded") again.add(step.name);
        if (again.has(step.name)) continue;
        Object.assign(step, {
          state: "succeeded",
          reused_from: id,
          rows: before.rows,
          checks: before.checks,
          publish_method: before.publish_method,
          units_finished: step.units_total,
        });
      }
      this.count(made);
    }
    record.run.retried_by = made.run.id;
    this.runEvent(record);
    this.runEvent(made);
    return made.run;
  }

  createBackfill(request, dry) {
    const intervals = [];
    for (let at = new Date(request.start); at < new Date(request.end);) {
      const end = new Date(at);
      end.setUTCMonth(end.getUTCMonth() + 1);
      intervals.push({ ...spanOf({ start: at, end }), run_id: null, state: null, duration_ms: null });
      at = end;
    }
    const id = `b-${String(this.backfills.size + 1).padStart(4, "0")}`;
    const record = {
      backfill: {
        id,
        pipeline: request.pipeline,
        environment: "dev",
        state: "queued",
        start: new Date(request.start).toISOString(),
        end: new Date(request.end).toISOString(),
        parameters: request.parameters ?? {},
        steps: request.steps ?? [],
        max_active: request.max_active ?? 1,
        order: request.order ?? "oldest_first",
        on_failure: request.on_failure ?? "continue",
        actor: "maria",
        note: request.note ?? null,
        created_at: iso(this.now),
        finished_at: null,
        counts: { total: intervals.length, waiting: intervals.length, active: 0, succeeded: 0, failed: 0, cancelled: 0 },
        actions: ["cancel"],
      },
      intervals,
      one_by_one: [{ step: "routes", as: "table", reason: "what a table writes last stays" }],
    };
    if (!dry) {
      this.backfills.set(id, record);
      this.emit("backfill", record.backfill, ["backfills"]);
    }
    return record;
  }

  cancelBackfill(id) {
    const record = this.backfills.get(id);
    record.backfill.state = "cancelling";
    record.backfill.actions = [];
    for (const interval of record.intervals)
      if (interval.run_id && !kFinal.has(this.runs.get(interval.run_id).run.state)) this.cancel(interval.run_id);
    this.emit("backfill", record.backfill, ["backfills"]);
    return record;
  }

  // Moves every active run by one statement. Returns whether anything moved.
  advance(ms = 400) {
    this.now += ms;
    let moved = false;
    for (const record of [...this.runs.values()]) {
      if (kFinal.has(record.run.state) || record.run.state === "scheduled") continue;
      advanceRun(this, record);
      moved = true;
    }
    for (const record of this.backfills.values()) if (!record.backfill.finished_at) advanceBackfill(this, record);
    return moved;
  }

  // --- the inside

  next(definition, count) {
    if (!definition.cron) return [];
    const [minute, hour] = definition.cron.split(" ").map(Number);
    const starts = [];
    for (let day = Math.floor(this.now / kDay) - 1; starts.length < count; ++day) {
      const at = day * kDay + (hour + 5) * 3_600_000 + minute * 60_000;
      if (at > this.now) starts.push(iso(at));
    }
    return starts;
  }

  id() {
    return `r-${(++this.serial).toString(16).padStart(6, "0")}`;
  }

  make(definition, at, trigger, interval, extra = {}) {
    const id = this.id();
    const steps = definition.steps.map((step) => ({
      run_id: id,
      pipeline: definition.name,
      name: step.name,
      kind: step.kind,
      connection: "local",
      table: step.table,
      publish: publishOf(step),
      publish_method: null,
      depends_on: dependsOn(definition, step),
      state: extra.only?.length && !extra.only.includes(step.name) ? "skipped" : "pending",
      reason:
        extra.only?.length && !extra.only.includes(step.name) ? { code: "not_selected", message: "Only some steps were asked for." } : null,
      phase: null,
      attempt: 0,
      reused_from: null,
      queued_at: null,
      started_at: null,
      finished_at: null,
      queued_ms: null,
      duration_ms: null,
      next_attempt_at: null,
      units_total: unitsOf(step).length,
      units_finished: 0,
      rows: null,
      bytes_scanned: null,
      checks: { passed: 0, failed: 0, warned: 0 },
      error: null,
    }));
    const run = {
      id,
      pipeline: definition.name,
      environment: "dev",
      state: "queued",
      reason: null,
      trigger,
      interval: interval && spanOf(interval),
      parameters: Object.keys(extra.parameters ?? {}).length
        ? extra.parameters
        : Object.fromEntries(definition.parameters.map((p) => [p.name, p.default])),
      retry_of: extra.retry_of ?? null,
      retried_by: null,
      backfill_id: extra.backfill_id ?? null,
      definition_hash: hash(definition.name),
      created_at: iso(at),
      queued_at: iso(at),
      started_at: null,
      finished_at: null,
      queued_ms: null,
      duration_ms: null,
      steps: null,
      checks: { passed: 0, failed: 0, warned: 0 },
      rows: null,
      bytes_scanned: null,
      error: null,
      actions: ["cancel"],
    };
    const record = { run, steps, attempts: new Map(), plan: extra.plan ?? {} };
    this.count(record);
    this.runs.set(id, record);
    return record;
  }

  count(record) {
    const counts = {
      total: record.steps.length,
      pending: 0,
      queued: 0,
      running: 0,
      succeeded: 0,
      failed: 0,
      cancelled: 0,
      skipped: 0,
      unknown: 0,
    };
    const checks = { passed: 0, failed: 0, warned: 0 };
    let rows = 0;
    for (const step of record.steps) {
      counts[step.state] += 1;
      for (const key of Object.keys(checks)) checks[key] += step.checks[key];
      if (!step.reused_from) rows += step.rows ?? 0;
    }
    record.run.steps = counts;
    record.run.checks = checks;
    record.run.rows = rows || null;
  }

  runEvent(record) {
    this.count(record);
    this.emit("run", record.run, ["runs", `run:${record.run.id}`, `pipeline:${record.run.pipeline}`]);
    for (const backfill of this.backfills.values()) {
      const interval = backfill.intervals.find((i) => i.run_id === record.run.id);
      if (interval) Object.assign(interval, { state: record.run.state, duration_ms: record.run.duration_ms });
    }
  }

  stepEvent(record, step) {
    this.emit("step", step, [`run:${record.run.id}`]);
  }
}
