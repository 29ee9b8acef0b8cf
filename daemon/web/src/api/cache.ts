import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Snapshot } from "./client";
import type { RunFilters } from "./queries";
import type {
  Backfill,
  BackfillDetail,
  EventData,
  Page,
  Pipeline,
  PipelineDetail,
  Run,
  RunDetail,
  RunHistory,
  RunMark,
  Step,
  StepDetail,
} from "./types";

type Pages<T> = InfiniteData<Snapshot<Page<T>>, string | undefined>;

const kActive = new Set(["queued", "running", "cancelling"]);
const kMarks = 14;

/** The event up to which all of a query's data is complete. */
export function oldest(data: unknown): number {
  const known = data as Snapshot<unknown> | Pages<unknown>;
  return "pages" in known ? Math.min(...known.pages.map((page) => page.at)) : known.at;
}

/** Reads anew what was read before the stream opened: something may have happened in between. */
export function catchUp(client: QueryClient, from: number) {
  void client.invalidateQueries({
    predicate: ({ state }) => {
      return state.data !== undefined && oldest(state.data) < from;
    },
  });
}

const kAnew_ms = 1000;
const anew = new Set<string>();

/** Reads what no event tells in full, at most once a second however often it changes. A 304 is all that it costs when nothing did. */
function readAnew(client: QueryClient, queryKey: readonly string[]) {
  const key = queryKey.join("\n");
  if (anew.has(key)) return;
  anew.add(key);
  setTimeout(() => {
    anew.delete(key);
    void client.invalidateQueries({ queryKey });
  }, kAnew_ms);
}

function change<T>(client: QueryClient, key: readonly unknown[], id: number, edit: (data: T) => T) {
  client.setQueryData<Snapshot<T>>(key, (before) => (before && before.at < id ? { data: edit(before.data), at: id } : before));
}

function changeLists<T>(client: QueryClient, name: string, id: number, edit: (items: T[], filters: unknown, first: boolean) => T[]) {
  for (const [key, before] of client.getQueriesData<Pages<T>>({ queryKey: [name] })) {
    if (!before) continue;
    const pages = before.pages.map((page, index) => {
      if (page.at >= id) return page;
      const items = edit(page.data.items, key[1], index === 0);
      return { at: id, data: items === page.data.items ? page.data : { ...page.data, items } };
    });
    client.setQueryData<Pages<T>>(key, { ...before, pages });
  }
}

const matches = (run: Run, { pipeline, state, trigger, backfill, since, until }: RunFilters) =>
  (!pipeline || run.pipeline === pipeline) &&
  (!state || state.split(",").includes(run.state)) &&
  (!trigger || trigger.split(",").includes(run.trigger.kind)) &&
  (!backfill || run.backfill_id === backfill) &&
  (!since || run.created_at >= since) &&
  (!until || run.created_at < until);

function intoRuns(run: Run) {
  return (items: Run[], filters: unknown, first: boolean) => {
    const index = items.findIndex((item) => item.id === run.id);
    const fits = matches(run, filters as RunFilters);
    if (index >= 0) return fits ? items.with(index, run) : items.toSpliced(index, 1);
    return first && fits && (!items[0] || items[0].created_at <= run.created_at) ? [run, ...items] : items;
  };
}

function intoPipeline(pipeline: Pipeline, run: Run): Pipeline {
  if (pipeline.name !== run.pipeline || run.state === "scheduled") return pipeline;
  const mark: RunMark = {
    id: run.id,
    state: run.state,
    reason: run.reason ?? null,
    nominal_at: run.trigger.nominal_at ?? run.created_at,
    started_at: run.started_at,
    finished_at: run.finished_at,
    duration_ms: run.duration_ms,
  };
  const index = pipeline.recent_runs.findIndex((item) => item.id === run.id);
  if (
    index < 0 &&
    pipeline.recent_runs[0] &&
    pipeline.recent_runs.length >= kMarks &&
    pipeline.recent_runs.at(-1)!.nominal_at > mark.nominal_at
  )
    return pipeline;
  const recent_runs = index >= 0 ? pipeline.recent_runs.with(index, mark) : [mark, ...pipeline.recent_runs].slice(0, kMarks);
  return { ...pipeline, recent_runs, active_runs: Math.max(0, recent_runs.filter((item) => kActive.has(item.state)).length) };
}

/** The grid's rows of one pipeline, changed by `edit`. */
function changeHistory(client: QueryClient, id: number, pipeline: string, edit: (items: RunHistory[], first: boolean) => RunHistory[]) {
  changeLists<RunHistory>(client, "history", id, (items, filters, first) =>
    (filters as { pipeline: string }).pipeline === pipeline ? edit(items, first) : items,
  );
}

function intoHistory(run: Run) {
  return (items: RunHistory[], first: boolean) => {
    const index = items.findIndex((item) => item.run.id === run.id);
    if (index >= 0) return items.with(index, { ...items[index]!, run });
    return first && (!items[0] || items[0].run.created_at <= run.created_at) ? [{ run, steps: [] }, ...items] : items;
  };
}

function stepIntoHistory({ run_id, name, state, attempt, started_at, duration_ms, rows, checks }: Step) {
  const mark = { name, state, attempt, started_at, duration_ms, rows, checks };
  return (items: RunHistory[]) => {
    const index = items.findIndex((item) => item.run.id === run_id);
    const item = items[index];
    if (!item) return items;
    const at = item.steps.findIndex((step) => step.name === name);
    return items.with(index, { ...item, steps: at < 0 ? [...item.steps, mark] : item.steps.with(at, mark) });
  };
}

function onRun(client: QueryClient, id: number, run: Run) {
  change<RunDetail>(client, ["run", run.id], id, (detail) => ({ ...detail, run }));
  for (const [key] of client.getQueriesData({ queryKey: ["run-step", run.id] }))
    change<StepDetail>(client, key, id, (detail) => ({ ...detail, run }));
  changeLists<Run>(client, "runs", id, intoRuns(run));
  changeHistory(client, id, run.pipeline, intoHistory(run));
  changeLists<Pipeline>(client, "pipelines", id, (items) => items.map((item) => intoPipeline(item, run)));
  change<PipelineDetail>(client, ["pipeline", run.pipeline], id, (detail) => ({ ...detail, pipeline: intoPipeline(detail.pipeline, run) }));
  if (run.backfill_id) {
    change<BackfillDetail>(client, ["backfill", run.backfill_id], id, (detail) => ({
      ...detail,
      intervals: detail.intervals.map((item) =>
        item.run_id === run.id || (item.run_id === null && item.start === run.interval?.start)
          ? { ...item, run_id: run.id, state: run.state, duration_ms: run.duration_ms }
          : item,
      ),
    }));
  }
  if (run.finished_at) {
    for (const key of [["pipelines"], ["pipeline", run.pipeline], ["plan"]]) readAnew(client, key);
  }
}

/** The pipeline's own page shows the last start of each step, in its table and in its graph. */
function intoDetail(detail: PipelineDetail, step: Step): PipelineDetail {
  if (!step.started_at || step.reused_from) return detail;
  const { run_id, state, finished_at, duration_ms, rows } = step;
  const node = `step:${step.pipeline}.${step.name}`;
  return {
    ...detail,
    steps: detail.steps.map((item) =>
      item.name === step.name ? { ...item, latest: { run_id, state, finished_at, duration_ms, rows } } : item,
    ),
    graph: { ...detail.graph, nodes: detail.graph.nodes.map((item) => (item.id === node ? { ...item, state } : item)) },
  };
}

function onStep(client: QueryClient, id: number, step: Step) {
  change<RunDetail>(client, ["run", step.run_id], id, (detail) => ({
    ...detail,
    steps: detail.steps.map((item) => (item.name === step.name ? step : item)),
  }));
  change<PipelineDetail>(client, ["pipeline", step.pipeline], id, (detail) => intoDetail(detail, step));
  changeHistory(client, id, step.pipeline, stepIntoHistory(step));
  const key = ["run-step", step.run_id, step.name];
  const open = client.getQueryData<Snapshot<StepDetail>>(key);
  if (!open || open.at >= id) return;
  const attempt = open.data.attempts[0];
  // The statements of a new attempt come with the step itself; an event never carries SQL.
  if (!attempt || attempt.number < step.attempt) void client.invalidateQueries({ queryKey: key });
  change<StepDetail>(client, key, id, (detail) => ({
    ...detail,
    step,
    attempts: detail.attempts.map((item) =>
      item.number === step.attempt
        ? { ...item, state: step.state, finished_at: step.finished_at, duration_ms: step.duration_ms, error: step.error }
        : item,
    ),
  }));
}

function onUnit(client: QueryClient, id: number, event: NonNullable<EventData["unit"]>) {
  const key = ["run-step", event.run_id, event.step];
  const open = client.getQueryData<Snapshot<StepDetail>>(key);
  if (!open || open.at >= id) return;
  let known = false;
  change<StepDetail>(client, key, id, (detail) => ({
    ...detail,
    attempts: detail.attempts.map((attempt) => {
      if (attempt.number !== event.attempt) return attempt;
      const phases = attempt.phases.map((phase) => {
        if (phase.phase !== event.phase) return phase;
        const units = phase.units.map((unit) => {
          if (unit.id !== event.unit.id) return unit;
          known = true;
          return { ...event.unit, sql: unit.sql, ordinal: unit.ordinal };
        });
        const left = units.some((unit) => unit.state === "pending" || unit.state === "running" || unit.state === "queued");
        const state = units.some((unit) => unit.state === "failed")
          ? "failed"
          : left
            ? "running"
            : phase.state === "failed"
              ? "failed"
              : event.unit.state;
        return { ...phase, units, state, started_at: phase.started_at ?? event.unit.started_at };
      });
      return { ...attempt, phases };
    }),
  }));
  if (!known) void client.invalidateQueries({ queryKey: key });
}

function onCheck(client: QueryClient, id: number, event: NonNullable<EventData["check"]>) {
  change<StepDetail>(client, ["run-step", event.run_id, event.step], id, (detail) => ({
    ...detail,
    attempts: detail.attempts.map((attempt) => {
      if (attempt.number !== event.attempt) return attempt;
      const index = attempt.checks.findIndex((check) => check.name === event.check.name);
      return { ...attempt, checks: index < 0 ? [...attempt.checks, event.check] : attempt.checks.with(index, event.check) };
    }),
  }));
}

function onPipeline(client: QueryClient, id: number, event: NonNullable<EventData["pipeline"]>) {
  if (!event.freshness) {
    readAnew(client, ["pipelines"]);
    readAnew(client, ["pipeline", event.name]);
    return;
  }
  const edit = (item: Pipeline) =>
    item.name === event.name ? { ...item, next_start: event.next_start, freshness: event.freshness! } : item;
  changeLists<Pipeline>(client, "pipelines", id, (items) => items.map(edit));
  change<PipelineDetail>(client, ["pipeline", event.name], id, (detail) => ({ ...detail, pipeline: edit(detail.pipeline) }));
}

function onBackfill(client: QueryClient, id: number, backfill: Backfill) {
  change<BackfillDetail>(client, ["backfill", backfill.id], id, (detail) => ({ ...detail, backfill }));
  changeLists<Backfill>(client, "backfills", id, (items, filters, first) => {
    const index = items.findIndex((item) => item.id === backfill.id);
    if (index >= 0) return items.with(index, backfill);
    const { pipeline } = filters as { pipeline?: string };
    return first && (!pipeline || pipeline === backfill.pipeline) ? [backfill, ...items] : items;
  });
}

/** A new version of the project may have changed every definition; only what is shown is read at once. */
function onServer(client: QueryClient) {
  for (const name of ["server", "pipelines", "pipeline", "compiled", "lineage", "lineage-nodes", "columns", "plan", "connections"])
    readAnew(client, [name]);
}

/** Brings one event into everything that is cached. Small objects replace small objects; nothing is read anew unless it must be. */
export function apply(client: QueryClient, id: number, name: string, data: unknown) {
  switch (name) {
    case "run":
      return onRun(client, id, data as Run);
    case "step":
      return onStep(client, id, data as Step);
    case "unit":
      return onUnit(client, id, data as NonNullable<EventData["unit"]>);
    case "check":
      return onCheck(client, id, data as NonNullable<EventData["check"]>);
    case "pipeline":
      return onPipeline(client, id, data as NonNullable<EventData["pipeline"]>);
    case "backfill":
      return onBackfill(client, id, data as Backfill);
    case "connection":
      return readAnew(client, ["connections"]);
    case "server":
      return onServer(client);
    default:
      return undefined;
  }
}
