import type { CSSProperties } from "react";
import type { Run, Step } from "../api/types";
import { stateTone } from "./state";
import { useNow } from "./store";
import { duration } from "./words";

/** The time that a Gantt shows, in milliseconds; the table that holds its bars carries `style`. */
export type Scale = { start: number; span: number; ticks: number[]; style: CSSProperties };

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
  const marks = ticks(span);
  // The bars say where they lie in milliseconds; only these three values change as time goes on, and not every row with them.
  const style = { "--span": span, "--now": Math.max(0, now - start), "--tick": marks[1] ?? span } as CSSProperties;
  return { start, span, ticks: marks, style };
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
export function Bar({ step, start }: { step: Step; start: number }) {
  const at = (time: string | null) => (time && !step.reused_from ? Math.max(0, Date.parse(time) - start) : null);
  const [queued, started, ended] = [at(step.queued_at), at(step.started_at), at(step.finished_at)];
  const place = (from: number, to: number | null) => ({ "--from": from, ...(to === null ? {} : { "--to": to }) }) as CSSProperties;
  return (
    <div className="gantt" aria-hidden="true">
      {queued !== null && (started === null || started > queued) && (
        <span className="gantt-queue" style={place(queued, started ?? ended)} />
      )}
      {started !== null && (
        <span
          className={`gantt-run tone-${stateTone(step.state)}${step.state === "running" ? " is-running" : ""}`}
          style={place(started, ended)}
        />
      )}
    </div>
  );
}
