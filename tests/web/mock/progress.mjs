// How runs go on: one statement at a time, with the events that a daemon would send.

import { pipelineOf, publishMethod, unitsOf } from "./project.mjs";
import { iso, kFinal, kStepFinal } from "./states.mjs";

export const kFailures = {
  unique: {
    kind: "check",
    code: "PEN7001",
    message: "A blocking check failed: 3 groups of rows break unique (flown_on, origin).",
    hint: "Mend the step or its input, then retry from it. The published table still holds the rows of the last good run.",
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

export const begin = (world, record, step, at) => {
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
          ordinal: i,
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
};

export const unitEvent = (world, record, step, attempt, phase, unit) => {
  world.emit(
    "unit",
    { run_id: record.run.id, step: step.name, attempt: attempt.number, phase: phase.phase, unit: { ...unit, sql: null } },
    [`run:${record.run.id}`],
  );
};

// Starts the next unit, or ends the one that runs. Returns false when the attempt has no more to do.
export const advanceUnit = (world, record, step, attempt, at, took) => {
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
            unit_id: unit.id,
            finished_at: iso(at),
          };
          attempt.checks.push(result);
          step.checks[result.state] += 1;
          world.emit("check", { run_id: record.run.id, step: step.name, attempt: attempt.number, check: result }, [`run:${record.run.id}`]);
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
        unitEvent(world, record, step, attempt, phase, unit);
        if (error) endStep(world, record, step, attempt, at, error);
        return !error;
      }
      if (unit.state === "pending") {
        Object.assign(unit, { state: "running", submitted_at: iso(at), started_at: iso(at), engine_query_id: `duckdb-${++world.query}` });
        if (!phase.started_at) Object.assign(phase, { state: "running", started_at: iso(at) });
        step.phase = phase.phase;
        unitEvent(world, record, step, attempt, phase, unit);
        if (took !== undefined) return advanceUnit(world, record, step, attempt, at + took, undefined);
        return true;
      }
    }
  endStep(world, record, step, attempt, at, null);
  return false;
};

export const endStep = (world, record, step, attempt, at, error) => {
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
        if (other.state === "pending" && reaches(world, record, step.name, other))
          (Object.assign(other, { state: "skipped", reason: { code: "upstream_failed", message: `${step.name} failed.` } }),
            world.stepEvent(record, other));
      }
    if (error && !record.run.error) record.run.error = error;
  }
  world.stepEvent(record, step);
};

export const reaches = (world, record, from, step) => {
  return (
    step.depends_on.includes(from) ||
    step.depends_on.some((d) =>
      reaches(
        world,
        record,
        from,
        record.steps.find((s) => s.name === d),
      ),
    )
  );
};

export const endRun = (world, record, state, at, reason = null) => {
  Object.assign(record.run, {
    state,
    reason,
    finished_at: iso(at),
    duration_ms: record.run.started_at ? at - Date.parse(record.run.started_at) : null,
    actions: state === "succeeded" || state === "skipped" ? (state === "succeeded" ? ["retry"] : []) : ["retry"],
  });
  world.runEvent(record);
  const definition = pipelineOf(record.run.pipeline);
  const { next_start, freshness } = world.pipeline(definition);
  world.emit("pipeline", { name: definition.name, change: "freshness", next_start, freshness }, [
    "pipelines",
    `pipeline:${definition.name}`,
  ]);
};

export const advanceRun = (world, record) => {
  const { run, steps } = record;
  const at = world.now;
  if (run.state === "queued") {
    Object.assign(run, { state: "running", started_at: iso(at), queued_ms: at - Date.parse(run.queued_at) });
    world.runEvent(record);
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
      world.stepEvent(record, step);
    }
    endRun(world, record, "cancelled", at, {
      code: "cancelled_by_user",
      message: "maria asked for it; the engine confirmed that the statement has ended.",
    });
    return;
  }
  let active = 0;
  for (const step of steps) {
    if (step.state === "running") {
      active += 1;
      advanceUnit(world, record, step, record.attempts.get(step.name)[0], at);
      world.stepEvent(record, step);
    } else if (step.state === "queued") {
      begin(world, record, step, at);
      world.stepEvent(record, step);
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
      world.stepEvent(record, step);
      active += 1;
    }
  }
  if (steps.every((s) => kStepFinal.has(s.state)))
    endRun(world, record, steps.some((s) => s.state === "failed") ? "failed" : "succeeded", at);
  else world.runEvent(record);
};

export const advanceBackfill = (world, record) => {
  const { backfill, intervals } = record;
  for (const i of intervals)
    if (i.run_id) Object.assign(i, { state: world.runs.get(i.run_id).run.state, duration_ms: world.runs.get(i.run_id).run.duration_ms });
  const active = () => intervals.filter((i) => i.run_id && !kFinal.has(i.state)).length;
  for (const i of intervals) {
    if (backfill.state !== "cancelling" && !i.run_id && active() < backfill.max_active) {
      i.run_id = world.trigger(
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
      finished_at: iso(world.now),
      actions: [],
    });
  }
  world.emit("backfill", backfill, ["backfills"]);
};

// Plays a whole run in the past, statement by statement.
