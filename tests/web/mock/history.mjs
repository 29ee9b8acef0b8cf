// What had happened before the mock started: six weeks of runs, good and bad, and a backfill in progress.

import { pipelines } from "./project.mjs";
import { advanceUnit, begin, endRun, kFailures } from "./progress.mjs";
import { iso, kDay } from "./states.mjs";

export const play = (world, definition, at, trigger, interval, plan = {}, extra = {}) => {
  const record = world.make(definition, at, trigger, interval, { plan, ...extra });
  let clock = at + 4 + Math.floor(world.random() * 20);
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
    const pace = (0.8 + world.random() * 0.5) / step.units_total;
    for (let guard = 0; guard < 5; ++guard) {
      const attempt = begin(world, record, step, t);
      let more = true;
      while (more && step.state === "running") {
        const heavy = !attempt.phases.some((p) => p.units.some((u) => u.finished_at));
        const took = Math.max(2, Math.round(source.ms * (heavy ? 0.7 : 0.3 * pace * 2)));
        more = advanceUnit(world, record, step, attempt, t, took);
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
  endRun(world, record, extra.state ?? (failed ? "failed" : "succeeded"), clock, extra.reason ?? null);
  return record;
};

export const history = (world) => {
  const [staging, traffic, airports] = pipelines;
  const months = (i) => {
    const start = Date.UTC(2001, i % 6, 1);
    return { start: iso(start), end: iso(Date.UTC(2001, (i % 6) + 1, 1)) };
  };
  const midnight = Math.floor(world.now / kDay) * kDay;
  for (let day = 44; day >= 0; --day) {
    for (const [definition, hour, minute] of [
      [staging, 6, 30],
      [traffic, 7, 15],
    ]) {
      const nominal = midnight - day * kDay + hour * 3_600_000 + minute * 60_000;
      const latest = world.now - 600_000;
      if (nominal > latest) continue;
      const is_newest = nominal + kDay > latest;
      const trigger = { kind: "schedule", name: "daily", nominal_at: iso(nominal), actor: null, note: null };
      const late = nominal + 6 + Math.floor(world.random() * 9);
      if (definition === traffic && day === 5) {
        const record = world.make(definition, late, trigger, null);
        for (const step of record.steps)
          Object.assign(step, { state: "skipped", reason: { code: "upstream_skipped", message: "The run was skipped." } });
        endRun(world, record, "skipped", late, { code: "overlap", message: "A backfill of the same interval was still active." });
      } else if (definition === traffic && day === 9) {
        const record = play(world, definition, late, trigger, months(day), { routes: { error: "timeout" } }, { state: "timed_out" });
        record.run.error = { ...kFailures.timeout, step: "routes" };
      } else {
        const plan =
          definition === traffic && is_newest
            ? { daily_delays: { check: "unique" }, worst_routes: { warn: "row_count" } }
            : definition === staging && day % 6 === 1
              ? { airports: { warn: "accepted_values" } }
              : definition === staging && day % 11 === 0
                ? { flights: { error: "transient" } }
                : {};
        play(world, definition, late, trigger, months(day), plan);
      }
      if (definition === staging && day % 3 === 0) {
        play(
          world,
          airports,
          nominal + 60_000,
          { kind: "upstream", name: "after_staging", nominal_at: iso(nominal + 60_000), actor: null, note: null },
          null,
          day === 3 ? { delays_by_state: { error: "column" } } : {},
        );
      }
    }
  }
  const last = world.newest().find((r) => r.run.state === "failed" && r.run.pipeline === "airports");
  if (last) {
    const again = play(
      world,
      airports,
      Date.parse(last.run.finished_at) + 900_000,
      { kind: "retry", name: null, nominal_at: last.run.trigger.nominal_at, actor: "maria", note: "Spelling mended" },
      null,
      {},
      { retry_of: last.run.id },
    );
    last.run.retried_by = again.run.id;
  }
  const cancelled = play(
    world,
    traffic,
    world.now - 5.2 * 3_600_000,
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
  endRun(world, cancelled, "cancelled", Date.parse(cancelled.run.finished_at), {
    code: "cancelled_by_user",
    message: "jonas asked for it; the engine confirmed that the statement has ended.",
  });

  const fill = world.createBackfill({
    pipeline: "traffic",
    start: "2001-01-01T00:00:00.000Z",
    end: "2001-07-01T00:00:00.000Z",
    max_active: 1,
    note: "After the new rule for cancelled flights",
  });
  fill.backfill.created_at = iso(world.now - 95_000);
  fill.backfill.state = "running";
  for (let i = 0; i < 3; ++i) {
    const at = world.now - 92_000 + i * 26_000;
    const record = play(
      world,
      traffic,
      at,
      { kind: "backfill", name: null, nominal_at: null, actor: "maria", note: null },
      { start: fill.intervals[i].start, end: fill.intervals[i].end },
      {},
      { backfill_id: fill.backfill.id },
    );
    Object.assign(fill.intervals[i], { run_id: record.run.id, state: record.run.state, duration_ms: record.run.duration_ms });
  }
  const end = world.now;
  world.now = end - 5200;
  fill.intervals[3].run_id = world.trigger(
    "traffic",
    { interval: { start: fill.intervals[3].start, end: fill.intervals[3].end } },
    "backfill",
    "maria",
    { backfill_id: fill.backfill.id },
  ).id;
  for (let i = 0; i < 9; ++i) world.advance(520);
  world.now = end;
  world.live = fill.intervals[3].run_id;
};
