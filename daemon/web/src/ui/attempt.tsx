import { Fragment, useState } from "react";
import type { Attempt, CheckResult, Phase, Unit } from "../api/types";
import { Failure } from "./problem";
import { Sql } from "./sql";
import { Glyph, State, stateTone, stateWord } from "./state";
import { announce } from "./store";
import { Took } from "./time";
import { plural, purposeWords } from "./words";

const kPhases = { stage: "Stage", check: "Check", publish: "Publish" } as const;

/** Stage, check, publish as one pipe: how far the step came. */
// Dropping what was staged belongs to the last phase, and takes time even where that phase never began.
const kNotReached = new Set<Phase["state"]>(["skipped", "cancelled"]);

export function Rail({ phases }: { phases: Phase[] }) {
  return (
    <ol className="rail" aria-label="Phases">
      {phases.map((phase) => (
        <li key={phase.phase} className={`tone-${stateTone(phase.state)} is-${phase.state}`}>
          <Glyph state={phase.state} size={16} />
          <span className="rail-name">{kPhases[phase.phase]}</span>
          <span className="quiet">
            {phase.duration_ms === null || kNotReached.has(phase.state) ? stateWord(phase.state).toLowerCase() : <Took span={phase} />}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** A step always ends in its publish; where it did not come so far, the pipe shows that. */
function withPublish({ phases, state }: Attempt): Phase[] {
  if (phases.some(({ phase }) => phase === "publish") || state === "succeeded") return phases;
  const left = state === "running" || state === "queued" || state === "pending" ? "pending" : "skipped";
  return [...phases, { phase: "publish", state: left, started_at: null, finished_at: null, duration_ms: null, units: [] }];
}

function QueryId({ unit }: { unit: Unit }) {
  const id = unit.engine_query_id;
  if (!id) return null;
  if (unit.engine_url) {
    return (
      <a href={unit.engine_url} target="_blank" rel="noreferrer" className="id" title="Open it in the engine’s own console">
        {id}
      </a>
    );
  }
  const copy = async () => {
    await navigator.clipboard.writeText(id);
    announce("Query id copied");
  };
  return "clipboard" in navigator ? (
    <button type="button" className="id" title="The engine’s id of this statement; click to copy" onClick={() => void copy()}>
      {id}
    </button>
  ) : (
    <code className="id">{id}</code>
  );
}

function UnitView({ unit, phase, open: first }: { unit: Unit; phase: Phase["phase"]; open: boolean }) {
  const [open, setOpen] = useState(first);
  const shown = open || (unit.state === "failed" && first);
  return (
    <div className={`unit${unit.state === "skipped" || unit.state === "pending" ? " is-idle" : ""}`}>
      <div className="unit-head">
        <button type="button" className="unit-toggle" aria-expanded={shown} onClick={() => setOpen(!shown)} disabled={!unit.sql}>
          <span className="twist" aria-hidden="true" />
          <State state={unit.state}>{purposeWords(unit.purpose)}</State>
          <span className="unseen">, {stateWord(unit.state)}</span>
        </button>
        <span className="unit-facts">
          <QueryId unit={unit} />
          {unit.rows !== null && phase !== "check" && <span>{plural(unit.rows, "row")}</span>}
          <span className="num">
            <Took span={unit} />
          </span>
        </span>
      </div>
      {unit.error && unit.error.kind !== "check" && <Failure error={unit.error} />}
      {shown && unit.sql && (
        <Sql
          text={unit.sql}
          position={unit.error?.position ?? null}
          label={`SQL of ${phase} ${unit.ordinal + 1}: ${purposeWords(unit.purpose)}`}
        />
      )}
      {shown && !unit.sql && <p className="quiet">The text of this statement is no longer kept.</p>}
    </div>
  );
}

const kOrder = { failed: 0, warned: 1, passed: 2 };

export function Checks({ checks }: { checks: CheckResult[] }) {
  return (
    <ul className="checks">
      {checks
        .toSorted((a, b) => kOrder[a.state] - kOrder[b.state])
        .map((check) => (
          <li key={check.name} className={`is-${check.state}`}>
            <State state={check.state} />
            <div className="check-words">
              <span className="check-name">{check.expectation}</span>
              <span className="quiet">
                {check.kind.replaceAll("_", " ")}, {check.severity === "error" ? "blocks" : "only warns"}
                {check.found && <>; found {check.found}</>}
              </span>
            </div>
          </li>
        ))}
    </ul>
  );
}

/** An attempt in full: what failed, the checks, then every statement in the order in which it ran. */
export function AttemptView({ attempt, quietError = false }: { attempt: Attempt; quietError?: boolean }) {
  const failed = attempt.phases.some((phase) => phase.units.some((unit) => unit.state === "failed"));
  const firstOpen = (unit: Unit, phase: Phase) =>
    failed
      ? unit.state === "failed"
      : attempt.error?.kind === "check"
        ? attempt.checks.some((check) => check.state === "failed" && check.unit_id === unit.id)
        : phase.phase === (attempt.phases[0]?.phase ?? "stage") && unit === phase.units[0];
  return (
    <div className="attempt">
      <Rail phases={withPublish(attempt)} />
      {attempt.error && !failed && !quietError && <Failure error={attempt.error} />}
      {attempt.checks.length > 0 && (
        <section aria-label="Checks">
          <h2 className="minor">Checks</h2>
          <Checks checks={attempt.checks} />
        </section>
      )}
      <section aria-label="Statements">
        <h2 className="minor">Statements</h2>
        <div className="units">
          {attempt.phases.map((phase) => (
            <Fragment key={phase.phase}>
              {phase.units.map((unit) => (
                <UnitView key={unit.id} unit={unit} phase={phase.phase} open={firstOpen(unit, phase)} />
              ))}
            </Fragment>
          ))}
        </div>
      </section>
    </div>
  );
}
