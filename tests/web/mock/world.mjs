// What the mock daemon remembers: runs with their steps, attempts and units, backfills, connections, and the log of events.
// advance() moves everything that is active by one statement, so that a test decides when something happens.

import { createHash } from "node:crypto";
import { dependsOn, idOf, pipelineOf, pipelines, publishMethod, publishOf, sources, unitsOf } from "./project.mjs";

const hash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 16);
const iso = (ms) => new Date(ms).toISOString();
const kFinal = new Set(["succeeded", "failed", "cancelled", "timed_out", "skipped"]);
const kStepFinal = new Set(["succeeded", "failed", "cancelled", "skipped"]);
const kDay = 86_400_000;

// A small generator with a seed: the same world on every start.
const random = (seed) => () => {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

const kFailures = {
  unique: {
    kind: "check",
    code: "PEN7001",
    message: "A blocking check failed: 3 groups of rows break unique (flown_on, origin).",
    hint: "Look at the sample rows, mend the step, then retry from it. The published table still holds the rows of the last good run.",
    sqlstate: null,
    vendor_code: null,
    position: null,
    retryable: false,
  },
  column: {
    kind: "permanent",
    code: "PEN5102",
    message: 'Binder Error: Referenced column "is_curent" not found in FROM clause.',
    hint: 'Candidate: "h.is_current". The engine refused the statement; nothing was written.',
    sqlstate: "42703",
    vendor_code: null,
    position: { line: 4, column: 58 },
    retryable: false,
  },
  transient: {
    kind: "transient",
    code: "PEN5001",
    message: "The connection was closed while the statement ran.",
    hint: "Penstock asked the engine: the statement had not committed. It was sent again by itself.",
    sqlstate: "08006",
    vendor_code: null,
    position: null,
    retryable: true,
  },
  timeout: {
    kind: "timeout",
    code: "PEN6003",
    message: "The run did not finish within 30 minutes.",
    hint: "The engine confirmed that the statement has ended. Raise timeout in the pipeline, or look at what the connection was busy with.",
    sqlstate: null,
    vendor_code: null,
    position: null,
    retryable: false,
  },
};

export class World {
  constructor({ now = Date.now(), speed = 1 } = {}) {
    this.now = now;
    this.speed = speed;
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
    this.#history();
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
    const next = this.#next(definition, 1)[0] ?? null;
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
    return this.#next(definition, count);
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
    const record = this.#make(definition, this.now, { kind, name: null, nominal_at: null, actor, note }, span, {
      ...extra,
      parameters,
      only: steps,
    });
    this.#runEvent(record);
    return record.run;
  }

  cancel(id) {
    const record = this.runs.get(id);
    record.run.state = "cancelling";
    record.run.reason = { code: "cancelled_by_user", message: "maria asked for it; the engine has not confirmed yet." };
    record.run.actions = [];
    this.#runEvent(record);
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
    const made = this.#make(
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
      this.#count(made);
    }
    record.run.retried_by = made.run.id;
    this.#runEvent(record);
    this.#runEvent(made);
    return made.run;
  }

  createBackfill(request, dry) {
    const intervals = [];
    for (let at = new Date(request.start); at < new Date(request.end);) {
      const end = new Date(at);
      end.setUTCMonth(end.getUTCMonth() + 1);
      intervals.push({ start: at.toISOString(), end: end.toISOString(), run_id: null, state: null, duration_ms: null });
      at = end;
    }
    const id = `b-${String(this.backfills.size + 1).padStart(4, "0")}`;
    const record = {
      backfill: {
        id,
        pipeline: request.pipeline,
        environment: "dev",
        state: "queued",
        start: request.start,
        end: request.end,
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
      this.#advanceRun(record);
      moved = true;
    }
    for (const record of this.backfills.values()) if (!record.backfill.finished_at) this.#advanceBackfill(record);
    return moved;
  }

  // --- the inside

  #next(definition, count) {
    if (!definition.cron) return [];
    const [minute, hour] = definition.cron.split(" ").map(Number);
    const starts = [];
    for (let day = Math.floor(this.now / kDay) - 1; starts.length < count; ++day) {
      const at = day * kDay + (hour + 5) * 3_600_000 + minute * 60_000;
      if (at > this.now) starts.push(iso(at));
    }
    return starts;
  }

  #id() {
    return `r-${(++this.serial).toString(16).padStart(6, "0")}`;
  }

  #make(definition, at, trigger, interval, extra = {}) {
    const id = this.#id();
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
      interval,
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
    this.#count(record);
    this.runs.set(id, record);
    return record;
  }

  #count(record) {
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

  #runEvent(record) {
    this.#count(record);
    this.emit("run", record.run, ["runs", `run:${record.run.id}`, `pipeline:${record.run.pipeline}`]);
    for (const backfill of this.backfills.values()) {
      const interval = backfill.intervals.find((i) => i.run_id === record.run.id);
      if (interval) Object.assign(interval, { state: record.run.state, duration_ms: record.run.duration_ms });
    }
  }

  #stepEvent(record, step) {
    this.emit("step", step, [`run:${record.run.id}`]);
  }

  #begin(record, step, at) {
    const definition = pipelineOf(record.run.pipeline).steps.find((s) => s.name === step.name);
    const units = unitsOf(definition);
    const phases = ["stage", "check", "publish"]
      .filter((p) => units.some((u) => u.phase === p))
      .map((phase) => ({
        phase,
        state: "pending",
        started_at: null,
        finished_at: null,
        duration_ms: null,
        units: units
          .filter((u) => u.phase === phase)
          .map((u, i) => ({
            id: `u-${record.run.id.slice(2)}-${step.name}-${step.attempt + 1}-${phase[0]}${i + 1}`,
            ordinal: i + 1,
            purpose: u.purpose,
            state: "pending",
            connection: "local",
            sql: u.sql,
            engine_query_id: null,
            engine_url: null,
            rows: null,
            bytes_scanned: null,
            submitted_at: null,
            started_at: null,
            finished_at: null,
            duration_ms: null,
            error: null,
          })),
      }));
    step.attempt += 1;
    Object.assign(step, {
      state: "running",
      queued_at: step.queued_at ?? iso(at),
      started_at: iso(at),
      phase: phases[0].phase,
      reason: null,
      units_finished: 0,
      next_attempt_at: null,
    });
    step.queued_ms = Date.parse(step.started_at) - Date.parse(step.queued_at);
    const attempt = {
      step: step.name,
      number: step.attempt,
      state: "running",
      queued_at: step.queued_at,
      started_at: step.started_at,
      finished_at: null,
      queued_ms: step.queued_ms,
      duration_ms: null,
      phases,
      checks: [],
      error: null,
    };
    record.attempts.set(step.name, [attempt, ...(record.attempts.get(step.name) ?? [])]);
    return attempt;
  }

  #unitEvent(record, step, attempt, phase, unit) {
    this.emit(
      "unit",
      { run_id: record.run.id, step: step.name, attempt: attempt.number, phase: phase.phase, unit: { ...unit, sql: null } },
      [`run:${record.run.id}`],
    );
  }

  // Starts the next unit, or ends the one that runs. Returns false when the attempt has no more to do.
  #advanceUnit(record, step, attempt, at, took) {
    const definition = pipelineOf(record.run.pipeline).steps.find((s) => s.name === step.name);
    const planned = record.plan[step.name];
    for (const phase of attempt.phases)
      for (const unit of phase.units) {
        if (unit.state === "running") {
          Object.assign(unit, {
            state: "succeeded",
            finished_at: iso(at),
            duration_ms: Math.max(1, at - Date.parse(unit.started_at)),
            rows: phase.phase === "check" ? 1 : phase.phase === "stage" ? definition.rows : (definition.rows ?? 0),
          });
          const checked =
            phase.phase === "check" && unitsOf(definition).find((u) => u.phase === "check" && u.purpose === unit.purpose)?.check;
          let error = null;
          if (checked) {
            const bad = planned?.check === checked.kind;
            const warned = planned?.warn === checked.kind;
            const result = {
              name: checked.name,
              kind: checked.kind,
              severity: checked.severity,
              state: bad ? "failed" : warned ? "warned" : "passed",
              columns: checked.columns,
              expectation: checked.expectation,
              found: bad
                ? "3 groups of rows share them"
                : warned
                  ? checked.kind === "row_count"
                    ? "63 rows"
                    : "2 rows with other values"
                  : checked.kind === "row_count"
                    ? `${(definition.rows ?? 1).toLocaleString("en")} rows`
                    : "no such rows",
              failing_rows: bad ? 3 : warned ? 2 : 0,
              sample: bad
                ? {
                    columns: ["flown_on", "origin", "rows"],
                    rows: [
                      ["2001-05-04", "ATL", "2"],
                      ["2001-05-11", "ORD", "2"],
                      ["2001-05-19", "DFW", "3"],
                    ],
                    truncated: false,
                  }
                : warned && checked.columns.length
                  ? {
                      columns: ["iata", "state"],
                      rows: [
                        ["PSE", "PR"],
                        ["STT", null],
                      ],
                      truncated: false,
                    }
                  : null,
              unit_id: unit.id,
              finished_at: iso(at),
            };
            attempt.checks.push(result);
            step.checks[result.state] += 1;
            this.emit("check", { run_id: record.run.id, step: step.name, attempt: attempt.number, check: result }, [
              `run:${record.run.id}`,
            ]);
            if (bad) error = { ...kFailures.unique, step: step.name };
          } else if (
            planned?.error &&
            (planned.attempt ?? 1) === attempt.number &&
            phase.phase === (planned.phase ?? attempt.phases[0].phase)
          ) {
            error = { ...kFailures[planned.error], step: step.name };
            const sql = planned.error === "column" ? unit.sql.replace("h.is_current", "h.is_curent") : unit.sql;
            Object.assign(unit, { state: "failed", rows: null, error, sql });
          }
          step.units_finished += 1;
          if (error || phase.units.every((u) => u.state === "succeeded"))
            Object.assign(phase, {
              state: error ? "failed" : "succeeded",
              finished_at: iso(at),
              duration_ms: at - Date.parse(phase.started_at),
            });
          this.#unitEvent(record, step, attempt, phase, unit);
          if (error) this.#endStep(record, step, attempt, at, error);
          return !error;
        }
        if (unit.state === "pending") {
          Object.assign(unit, { state: "running", submitted_at: iso(at), started_at: iso(at), engine_query_id: `duckdb-${++this.query}` });
          if (!phase.started_at) Object.assign(phase, { state: "running", started_at: iso(at) });
          step.phase = phase.phase;
          this.#unitEvent(record, step, attempt, phase, unit);
          if (took !== undefined) return this.#advanceUnit(record, step, attempt, at + took, undefined);
          return true;
        }
      }
    this.#endStep(record, step, attempt, at, null);
    return false;
  }

  #endStep(record, step, attempt, at, error) {
    const definition = pipelineOf(record.run.pipeline).steps.find((s) => s.name === step.name);
    const state = error ? "failed" : "succeeded";
    Object.assign(attempt, { state, finished_at: iso(at), duration_ms: at - Date.parse(attempt.started_at), error });
    if (error?.retryable) {
      Object.assign(step, {
        state: "queued",
        reason: { code: "waiting_for_retry", message: "The next attempt starts after a pause." },
        next_attempt_at: iso(at + 2000),
        queued_at: iso(at),
        error,
      });
    } else {
      if (error)
        for (const phase of attempt.phases) {
          if (phase.state === "pending") phase.state = "skipped";
          for (const unit of phase.units) if (unit.state === "pending") unit.state = "skipped";
        }
      Object.assign(step, {
        state,
        finished_at: iso(at),
        duration_ms: at - Date.parse(step.started_at),
        error,
        rows: error ? null : definition.rows,
        publish_method: error ? null : publishMethod[definition.as],
      });
      if (error)
        for (const other of record.steps) {
          if (other.state === "pending" && this.#reaches(record, step.name, other))
            (Object.assign(other, { state: "skipped", reason: { code: "upstream_failed", message: `${step.name} failed.` } }),
              this.#stepEvent(record, other));
        }
      if (error && !record.run.error) record.run.error = error;
    }
    this.#stepEvent(record, step);
  }

  #reaches(record, from, step) {
    return (
      step.depends_on.includes(from) ||
      step.depends_on.some((d) =>
        this.#reaches(
          record,
          from,
          record.steps.find((s) => s.name === d),
        ),
      )
    );
  }

  #endRun(record, state, at, reason = null) {
    Object.assign(record.run, {
      state,
      reason,
      finished_at: iso(at),
      duration_ms: record.run.started_at ? at - Date.parse(record.run.started_at) : null,
      actions: state === "succeeded" || state === "skipped" ? (state === "succeeded" ? ["retry"] : []) : ["retry"],
    });
    this.#runEvent(record);
    const definition = pipelineOf(record.run.pipeline);
    const { next_start, freshness } = this.pipeline(definition);
    this.emit("pipeline", { name: definition.name, change: "freshness", next_start, freshness }, [
      "pipelines",
      `pipeline:${definition.name}`,
    ]);
  }

  #advanceRun(record) {
    const { run, steps } = record;
    const at = this.now;
    if (run.state === "queued") {
      Object.assign(run, { state: "running", started_at: iso(at), queued_ms: at - Date.parse(run.queued_at) });
      this.#runEvent(record);
      return;
    }
    if (run.state === "cancelling") {
      for (const step of steps) {
        if (kStepFinal.has(step.state)) continue;
        const attempt = record.attempts.get(step.name)?.[0];
        if (step.state === "running" && attempt) {
          Object.assign(attempt, { state: "cancelled", finished_at: iso(at), duration_ms: at - Date.parse(attempt.started_at) });
          for (const phase of attempt.phases)
            if (!kStepFinal.has(phase.state))
              ((phase.state = phase.state === "running" ? "cancelled" : "skipped"),
                phase.units.forEach((u) => kStepFinal.has(u.state) || (u.state = u.state === "running" ? "cancelled" : "skipped")));
        }
        Object.assign(step, {
          state: "cancelled",
          finished_at: iso(at),
          duration_ms: step.started_at ? at - Date.parse(step.started_at) : null,
          reason: { code: "run_cancelled", message: "The run was cancelled." },
        });
        this.#stepEvent(record, step);
      }
      this.#endRun(record, "cancelled", at, {
        code: "cancelled_by_user",
        message: "maria asked for it; the engine confirmed that the statement has ended.",
      });
      return;
    }
    let active = 0;
    for (const step of steps) {
      if (step.state === "running") {
        active += 1;
        this.#advanceUnit(record, step, record.attempts.get(step.name)[0], at);
        this.#stepEvent(record, step);
      } else if (step.state === "queued") {
        this.#begin(record, step, at);
        this.#stepEvent(record, step);
        active += 1;
      }
    }
    for (const step of steps) {
      if (step.state === "pending" && active < 2 && step.depends_on.every((d) => steps.find((s) => s.name === d).state === "succeeded")) {
        Object.assign(step, {
          state: "queued",
          queued_at: iso(at),
          reason: { code: "waiting_for_slot", message: "All slots of local are in use." },
        });
        this.#stepEvent(record, step);
        active += 1;
      }
    }
    if (steps.every((s) => kStepFinal.has(s.state)))
      this.#endRun(record, steps.some((s) => s.state === "failed") ? "failed" : "succeeded", at);
    else this.#runEvent(record);
  }

  #advanceBackfill(record) {
    const { backfill, intervals } = record;
    for (const i of intervals)
      if (i.run_id) Object.assign(i, { state: this.runs.get(i.run_id).run.state, duration_ms: this.runs.get(i.run_id).run.duration_ms });
    const active = () => intervals.filter((i) => i.run_id && !kFinal.has(i.state)).length;
    for (const i of intervals) {
      if (backfill.state !== "cancelling" && !i.run_id && active() < backfill.max_active) {
        i.run_id = this.trigger(
          backfill.pipeline,
          { interval: { start: i.start, end: i.end }, parameters: backfill.parameters },
          "backfill",
          "maria",
          { backfill_id: backfill.id },
        ).id;
        i.state = "queued";
        backfill.state = "running";
      }
    }
    const by = (...states) => intervals.filter((i) => states.includes(i.state)).length;
    backfill.counts = {
      total: intervals.length,
      waiting: intervals.filter((i) => !i.run_id).length,
      active: active(),
      succeeded: by("succeeded"),
      failed: by("failed", "timed_out"),
      cancelled: by("cancelled", "skipped"),
    };
    if (active() === 0 && (backfill.state === "cancelling" || backfill.counts.waiting === 0)) {
      Object.assign(backfill, {
        state: backfill.state === "cancelling" ? "cancelled" : backfill.counts.failed ? "failed" : "succeeded",
        finished_at: iso(this.now),
        actions: [],
      });
    }
    this.emit("backfill", backfill, ["backfills"]);
  }

  // Plays a whole run in the past, statement by statement.
  #play(definition, at, trigger, interval, plan = {}, extra = {}) {
    const record = this.#make(definition, at, trigger, interval, { plan, ...extra });
    let clock = at + 4 + Math.floor(this.random() * 20);
    Object.assign(record.run, { state: "running", started_at: iso(clock), queued_ms: clock - at });
    const free = [clock, clock];
    const ends = new Map();
    for (const step of record.steps) {
      if (step.state !== "pending") continue;
      const ready = Math.max(clock, ...step.depends_on.map((d) => ends.get(d) ?? clock));
      const slot = free[0] <= free[1] ? 0 : 1;
      let t = Math.max(ready, free[slot]);
      step.queued_at = iso(ready);
      const source = definition.steps.find((s) => s.name === step.name);
      const pace = (0.8 + this.random() * 0.5) / step.units_total;
      for (let guard = 0; guard < 5; ++guard) {
        const attempt = this.#begin(record, step, t);
        let more = true;
        while (more && step.state === "running") {
          const heavy = !attempt.phases.some((p) => p.units.some((u) => u.finished_at));
          const took = Math.max(2, Math.round(source.ms * (heavy ? 0.7 : 0.3 * pace * 2)));
          more = this.#advanceUnit(record, step, attempt, t, took);
          t += more || step.state !== "running" ? took : 0;
        }
        if (step.state !== "queued") break;
        t += 2000;
        step.error = null;
      }
      free[slot] = t;
      ends.set(step.name, t);
    }
    clock = Math.max(...free);
    const failed = record.steps.some((s) => s.state === "failed");
    this.#endRun(record, extra.state ?? (failed ? "failed" : "succeeded"), clock, extra.reason ?? null);
    return record;
  }

  #history() {
    const [staging, traffic, airports] = pipelines;
    const months = (i) => {
      const start = Date.UTC(2001, i % 6, 1);
      return { start: iso(start), end: iso(Date.UTC(2001, (i % 6) + 1, 1)) };
    };
    const midnight = Math.floor(this.now / kDay) * kDay;
    for (let day = 44; day >= 0; --day) {
      for (const [definition, hour, minute] of [
        [staging, 6, 30],
        [traffic, 7, 15],
      ]) {
        const nominal = midnight - day * kDay + hour * 3_600_000 + minute * 60_000;
        if (nominal > this.now - 600_000) continue;
        const trigger = { kind: "schedule", name: "daily", nominal_at: iso(nominal), actor: null, note: null };
        const late = nominal + 6 + Math.floor(this.random() * 9);
        if (definition === traffic && day === 5) {
          const record = this.#make(definition, late, trigger, null);
          for (const step of record.steps)
            Object.assign(step, { state: "skipped", reason: { code: "upstream_skipped", message: "The run was skipped." } });
          this.#endRun(record, "skipped", late, { code: "overlap", message: "A backfill of the same interval was still active." });
        } else if (definition === traffic && day === 9) {
          const record = this.#play(definition, late, trigger, months(day), { routes: { error: "timeout" } }, { state: "timed_out" });
          record.run.error = { ...kFailures.timeout, step: "routes" };
        } else {
          const plan =
            definition === traffic && day === 0
              ? { daily_delays: { check: "unique" }, worst_routes: { warn: "row_count" } }
              : definition === staging && day % 6 === 1
                ? { airports: { warn: "accepted_values" } }
                : definition === staging && day % 11 === 0
                  ? { flights: { error: "transient" } }
                  : {};
          this.#play(definition, late, trigger, months(day), plan);
        }
        if (definition === staging && day % 3 === 0) {
          this.#play(
            airports,
            nominal + 60_000,
            { kind: "upstream", name: "after_staging", nominal_at: iso(nominal + 60_000), actor: null, note: null },
            null,
            day === 3 ? { delays_by_state: { error: "column" } } : {},
          );
        }
      }
    }
    const last = this.newest().find((r) => r.run.state === "failed" && r.run.pipeline === "airports");
    if (last) {
      const again = this.#play(
        airports,
        Date.parse(last.run.finished_at) + 900_000,
        { kind: "retry", name: null, nominal_at: last.run.trigger.nominal_at, actor: "maria", note: "Spelling mended" },
        null,
        {},
        { retry_of: last.run.id },
      );
      last.run.retried_by = again.run.id;
    }
    const cancelled = this.#play(
      traffic,
      this.now - 5.2 * 3_600_000,
      { kind: "cli", name: null, nominal_at: null, actor: "jonas", note: null },
      months(2),
    );
    for (const step of cancelled.steps.slice(3)) {
      cancelled.attempts.delete(step.name);
      Object.assign(step, {
        state: "cancelled",
        started_at: null,
        finished_at: cancelled.run.finished_at,
        queued_ms: null,
        duration_ms: null,
        rows: null,
        attempt: 0,
        phase: null,
        units_finished: 0,
        checks: { passed: 0, failed: 0, warned: 0 },
        publish_method: null,
        reason: { code: "run_cancelled", message: "The run was cancelled." },
      });
    }
    this.#endRun(cancelled, "cancelled", Date.parse(cancelled.run.finished_at), {
      code: "cancelled_by_user",
      message: "jonas asked for it; the engine confirmed that the statement has ended.",
    });

    const fill = this.createBackfill({
      pipeline: "traffic",
      start: "2001-01-01T00:00:00.000Z",
      end: "2001-07-01T00:00:00.000Z",
      max_active: 1,
      note: "After the new rule for cancelled flights",
    });
    fill.backfill.created_at = iso(this.now - 95_000);
    fill.backfill.state = "running";
    for (let i = 0; i < 3; ++i) {
      const at = this.now - 92_000 + i * 26_000;
      const record = this.#play(
        traffic,
        at,
        { kind: "backfill", name: null, nominal_at: null, actor: "maria", note: null },
        { start: fill.intervals[i].start, end: fill.intervals[i].end },
        {},
        { backfill_id: fill.backfill.id },
      );
      Object.assign(fill.intervals[i], { run_id: record.run.id, state: record.run.state, duration_ms: record.run.duration_ms });
    }
    const end = this.now;
    this.now = end - 5200;
    fill.intervals[3].run_id = this.trigger(
      "traffic",
      { interval: { start: fill.intervals[3].start, end: fill.intervals[3].end } },
      "backfill",
      "maria",
      { backfill_id: fill.backfill.id },
    ).id;
    for (let i = 0; i < 9; ++i) this.advance(520);
    this.now = end;
    this.live = fill.intervals[3].run_id;
  }
}
