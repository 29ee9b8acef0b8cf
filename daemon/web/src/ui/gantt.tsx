import type { Run, Step } from "../api/types";
import { stateTone } from "./state";
import { useNow } from "./store";
import { duration } from "./words";

export type Scale = { start: number; span: number; ticks: number[] };

/** Round steps, at most `most` of them, over a span of milliseconds. */
export function ticks(span_ms: number, most = 6): number[] {
  const bases = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000,
    3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000,
  ];
  const step = bases.find((base) => span_ms / base <= most) ?? Math.ceil(span_ms / most / 86_400_000) * 86_400_000;
  return Array.from({ length: Math.floor(span_ms / step) + 1 }, (_, index) => index * step);
}

export function useScale(run: Run, steps: Step[]): Scale {
  const now = useNow(run.finished_at ? 3_600_000 : 1000);
  const times = (key: "queued_at" | "started_at" | "finished_at") =>
    steps.flatMap((step) => (step[key] && !step.reused_from ? [Date.parse(step[key])] : []));
  const start = Math.min(Date.parse(run.started_at ?? run.created_at), ...times("queued_at"), ...times("started_at"));
  const end = run.finished_at
    ? Math.max(Date.parse(run.finished_at), ...times("finished_at"))
    : Math.max(now, ...times("started_at"), ...times("finished_at"));
  const span = Math.max(50, end - start) * 1.02;
  return { start, span, ticks: ticks(span) };
}

export function Axis({ scale }: { scale: Scale }) {
  return (
    <div className="axis" aria-hidden="true">
      {scale.ticks.map((tick) => (
        <span key={tick} style={{ left: `${(tick / scale.span) * 100}%` }}>
          {tick === 0 ? "0" : duration(tick).replace(".0 s", " s").replace(" 00 s", "")}
        </span>
      ))}
    </div>
  );
}

/** One step's line: hatched while it waited, solid while it ran. The numbers stand in the columns beside it. */
export function Bar({ step, scale, now }: { step: Step; scale: Scale; now: number }) {
  const at = (time: number) => `${(Math.max(0, time - scale.start) / scale.span) * 100}%`;
  const width = (from: number, to: number) => `${(Math.max(0, to - from) / scale.span) * 100}%`;
  const queued = step.queued_at && !step.reused_from ? Date.parse(step.queued_at) : null;
  const started = step.started_at && !step.reused_from ? Date.parse(step.started_at) : null;
  const ended = step.finished_at ? Date.parse(step.finished_at) : now;
  return (
    <div className="gantt" aria-hidden="true">
      {scale.ticks.map((tick) => (
        <i key={tick} className="gantt-tick" style={{ left: `${(tick / scale.span) * 100}%` }} />
      ))}
      {queued !== null && (started ?? ended) > queued && (
        <span className="gantt-queue" style={{ left: at(queued), width: width(queued, started ?? ended) }} />
      )}
      {started !== null && (
        <span
          className={`gantt-run tone-${stateTone(step.state)}${step.state === "running" ? " is-running" : ""}`}
          style={{ left: at(started), width: width(started, ended) }}
        />
      )}
    </div>
  );
}
