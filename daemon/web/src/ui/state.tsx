import type { ReactNode } from "react";
import type { BackfillState, Connection, Freshness, RunState, StepState } from "../api/types";

export type AnyState = RunState | StepState | BackfillState | "passed" | "warned" | Connection["state"] | Freshness["state"];
type Tone = "ok" | "bad" | "run" | "warn" | "idle" | "odd";

const kStates: Record<AnyState, { tone: Tone; word: string; shape: Shape }> = {
  scheduled: { tone: "idle", word: "Scheduled", shape: "ring" },
  pending: { tone: "idle", word: "Pending", shape: "ring" },
  queued: { tone: "run", word: "Queued", shape: "dots" },
  running: { tone: "run", word: "Running", shape: "half" },
  cancelling: { tone: "warn", word: "Cancelling", shape: "bar" },
  succeeded: { tone: "ok", word: "Succeeded", shape: "tick" },
  failed: { tone: "bad", word: "Failed", shape: "cross" },
  cancelled: { tone: "idle", word: "Cancelled", shape: "bar" },
  timed_out: { tone: "bad", word: "Timed out", shape: "clock" },
  skipped: { tone: "idle", word: "Skipped", shape: "dash" },
  unknown: { tone: "odd", word: "Unknown", shape: "query" },
  passed: { tone: "ok", word: "Passed", shape: "tick" },
  warned: { tone: "warn", word: "Warned", shape: "mark" },
  up: { tone: "ok", word: "Up", shape: "tick" },
  degraded: { tone: "warn", word: "Degraded", shape: "mark" },
  down: { tone: "bad", word: "Down", shape: "cross" },
  fresh: { tone: "ok", word: "Fresh", shape: "tick" },
  late: { tone: "bad", word: "Late", shape: "clock" },
  never: { tone: "warn", word: "Never ran", shape: "mark" },
  none: { tone: "idle", word: "On demand", shape: "ring" },
};

type Shape = "tick" | "cross" | "half" | "dots" | "ring" | "bar" | "dash" | "clock" | "query" | "mark";

// Each shape is told from every other one without its colour. Drawn in a box of 16; `fill` shapes are solid with the sign cut in.
const kShapes: Record<Shape, ReactNode> = {
  tick: (
    <>
      <rect className="g-well" x="1" y="1" width="14" height="14" rx="4" />
      <path className="g-cut" d="M4.6 8.3 7 10.6l4.4-5" />
    </>
  ),
  cross: (
    <>
      <rect className="g-fill" x="1" y="1" width="14" height="14" rx="4" />
      <path className="g-cut" d="m5.2 5.2 5.6 5.6m0-5.6-5.6 5.6" />
    </>
  ),
  half: (
    <>
      <rect className="g-line" x="2" y="2" width="12" height="12" rx="3.2" />
      <path className="g-fill g-move" d="M2 8h12v3a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3Z" />
    </>
  ),
  dots: (
    <>
      <rect className="g-line" x="2" y="2" width="12" height="12" rx="3.2" />
      <circle className="g-fill" cx="5.4" cy="8" r="1.1" />
      <circle className="g-fill" cx="8" cy="8" r="1.1" />
      <circle className="g-fill" cx="10.6" cy="8" r="1.1" />
    </>
  ),
  ring: <rect className="g-line" x="2" y="2" width="12" height="12" rx="3.2" />,
  bar: (
    <>
      <rect className="g-line" x="2" y="2" width="12" height="12" rx="3.2" />
      <path className="g-sign" d="m4.6 11.4 6.8-6.8" />
    </>
  ),
  dash: (
    <>
      <rect className="g-line g-dashed" x="2" y="2" width="12" height="12" rx="3.2" />
      <path className="g-sign" d="M5.6 8h4.8" />
    </>
  ),
  clock: (
    <>
      <circle className="g-fill" cx="8" cy="8" r="7" />
      <path className="g-cut" d="M8 4.2V8l2.6 1.8" />
    </>
  ),
  query: (
    <>
      <path className="g-fill" d="M8 .8 15.2 8 8 15.2.8 8Z" />
      <path className="g-cut" d="M6.4 6.5a1.6 1.6 0 1 1 2.3 1.5c-.5.3-.7.6-.7 1.1m0 1.9v.1" />
    </>
  ),
  mark: (
    <>
      <path className="g-fill" d="M8 1.2 15.4 14a.6.6 0 0 1-.5.9H1.1a.6.6 0 0 1-.5-.9Z" />
      <path className="g-cut" d="M8 6v4m0 2.2v.1" />
    </>
  ),
};

// A newer daemon may know states that this page does not.
const known = (state: AnyState) => kStates[state] ?? { ...kStates.unknown, word: state };
export const stateWord = (state: AnyState) => known(state).word;
export const stateTone = (state: AnyState) => known(state).tone;
export const isActive = (state: RunState | StepState | BackfillState) =>
  state === "queued" || state === "running" || state === "cancelling" || state === "pending";

/** The state's shape in its colour; say the word beside it, or give a label. */
export function Glyph({ state, label, size = 14 }: { state: AnyState; label?: string; size?: number }) {
  const { tone, shape } = known(state);
  return (
    <svg
      className={`glyph tone-${tone}${state === "running" ? " is-running" : ""}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    >
      {kShapes[shape]}
    </svg>
  );
}

export function State({ state, children }: { state: AnyState; children?: ReactNode }) {
  return (
    <span className={`state tone-${known(state).tone}`}>
      <Glyph state={state} />
      <span>{children ?? known(state).word}</span>
    </span>
  );
}
