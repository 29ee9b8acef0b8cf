import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTopics } from "../api/live";
import { plan as planQuery } from "../api/queries";
import type { Plan, PlannedStep } from "../api/types";
import { Diagnostics } from "../ui/diagnostics";
import { Empty, Refused, Waiting } from "../ui/problem";
import { useTitle } from "../ui/shell";
import { useSome } from "../ui/some";
import { Sql } from "../ui/sql";
import { When } from "../ui/time";
import { bytes, plural, publishWords, purposeWords } from "../ui/words";

type Action = PlannedStep["action"];
const kActions: Record<Action, { sign: string; word: string; tone: string }> = {
  create: { sign: "+", word: "Create", tone: "ok" },
  change: { sign: "~", word: "Change", tone: "warn" },
  unchanged: { sign: "=", word: "Unchanged", tone: "idle" },
};
const kPhases = { stage: "Stage", check: "Check", publish: "Publish" };
const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
const short = (id: string) => id.replace(/^(source|step):/, "");

function SchemaChanges({ step }: { step: PlannedStep }) {
  if (step.schema_changes.length === 0) return null;
  return (
    <table className="plan-columns" aria-label={`Columns of ${step.table ?? step.step} that change`}>
      <tbody>
        {step.schema_changes.map(({ column, change, from, to, breaking }) => (
          <tr key={column} className={`tone-${change === "added" ? "ok" : change === "removed" ? "bad" : "warn"}`}>
            <th scope="row">
              <span className="plan-sign" aria-hidden="true">
                {change === "added" ? "+" : change === "removed" ? "−" : "~"}
              </span>
              <code>{column}</code>
            </th>
            <td>
              {change.replaceAll("_", " ")} {[from, to].filter(Boolean).length > 0 && <code>{[from, to].filter(Boolean).join(" → ")}</code>}
              {breaking && <b className="plan-breaking"> breaks readers</b>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const kFew = 6;
function Downstream({ ids }: { ids: string[] }) {
  const [all, setAll] = useState(false);
  if (ids.length === 0) return <span className="quiet">nobody</span>;
  const shown = all ? ids : ids.slice(0, kFew);
  return (
    <>
      {shown.map((id, index) => (
        <span key={id}>
          {index > 0 && ", "}
          <Link to="/lineage" search={{ node: id }}>
            {short(id)}
          </Link>
        </span>
      ))}
      {shown.length < ids.length && (
        <>
          {" "}
          <button type="button" className="plan-more" onClick={() => setAll(true)}>
            and {ids.length - shown.length} more
          </button>
        </>
      )}
    </>
  );
}

function PlannedStepView({ step, wide }: { step: PlannedStep; wide: boolean }) {
  const [open, setOpen] = useState(false);
  const { sign, word, tone } = kActions[step.action];
  return (
    <li className={`planned tone-${tone}`}>
      <p className="planned-head">
        <span className="plan-action">
          <span className="plan-sign" aria-hidden="true">
            {sign}
          </span>
          {word}
        </span>
        <Link to="/pipelines/$pipeline/steps/$step" params={{ pipeline: step.pipeline, step: step.step }} className="row-link">
          {wide ? `${step.pipeline}.${step.step}` : step.step}
        </Link>
        <span className="quiet">
          {publishWords(step.publish)} {step.table && <code>{step.table}</code>} on {step.connection}
          {step.estimated_bytes !== null && <>, reads about {bytes(step.estimated_bytes)}</>}
        </span>
      </p>
      <div className="planned-body">
        {step.reasons.map((reason) => (
          <p key={reason.code + reason.message}>{sentence(reason.message)}</p>
        ))}
        {step.notes.map((note) => (
          <p key={note.code + note.message} className="quiet">
            {sentence(note.message)}
          </p>
        ))}
        <SchemaChanges step={step} />
        <div className="planned-ends">
          <span>
            <span className="quiet">Read by</span> <Downstream ids={step.downstream} />
          </span>
          {step.units.length > 0 && (
            <button type="button" className="plan-sql" aria-expanded={open} onClick={() => setOpen(!open)}>
              <span className="twist" aria-hidden="true" />
              SQL, {plural(step.units.length, "statement")}
              <span className="unseen"> of {step.step}</span>
            </button>
          )}
        </div>
        {open &&
          step.units.map((unit) => (
            <div key={`${unit.phase} ${unit.ordinal}`} className="unit">
              <p className="unit-title">
                <b>{kPhases[unit.phase]}</b> {purposeWords(unit.purpose)}
              </p>
              <Sql text={unit.sql} label={`SQL of ${step.step}, ${unit.phase} ${unit.ordinal + 1}: ${purposeWords(unit.purpose)}`} />
            </div>
          ))}
      </div>
    </li>
  );
}

function Summary({ summary: { create, change, unchanged, orphaned, breaking } }: { summary: Plan["summary"] }) {
  const parts = [
    create && `${create} to create`,
    change && `${change} to change`,
    unchanged && `${unchanged} unchanged`,
    orphaned && `${plural(orphaned, "orphaned table")}`,
  ].filter(Boolean);
  return (
    <span>
      <b>{parts.join(", ")}</b>
      {breaking > 0 && <b className="plan-breaking">; {plural(breaking, "step breaks", "steps break")} readers</b>}
    </span>
  );
}

function Orphans({ orphans }: { orphans: Plan["orphans"] }) {
  if (orphans.length === 0) return null;
  return (
    <ul className="plan" aria-label="Tables that no step publishes any more">
      {orphans.map(({ pipeline, step, table, connection, run_id, published_at }) => (
        <li key={`${pipeline}.${step}`} className="planned tone-bad">
          <p className="planned-head">
            <span className="plan-action">
              <span className="plan-sign" aria-hidden="true">
                −
              </span>
              Orphaned
            </span>
            <code>{table}</code>
            <span className="quiet">on {connection}</span>
          </p>
          <div className="planned-body">
            <p>
              No step publishes it any more; {pipeline}.{step} did, <When at={published_at} />, in run{" "}
              <Link to="/runs/$run" params={{ run: run_id }}>
                {run_id}
              </Link>
              . Drop it yourself when nobody reads it.
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

const kOrder: Action[] = ["change", "create", "unchanged"];

/** What a run would build now, and why: steps that differ from what is published first. */
export function PlanView({ pipelines }: { pipelines: string[] }) {
  const { data, error, refetch, isFetching } = useQuery(planQuery(pipelines));
  useTopics("runs", "server");
  const steps = data?.data.steps.toSorted((a, b) => kOrder.indexOf(a.action) - kOrder.indexOf(b.action)) ?? [];
  const { shown, more } = useSome(steps);
  if (error) return <Refused error={error} again={() => void refetch()} />;
  if (!data) return <Waiting />;
  const { summary, created_at, environment, diagnostics, orphans } = data.data;
  if (steps.length === 0 && orphans.length === 0)
    return (
      <Empty title="There is nothing to build">
        <p>No step of this project can be planned. Its errors, if it has any, are told on top of the page.</p>
      </Empty>
    );
  return (
    <section aria-label="Plan" aria-busy={isFetching}>
      <p className="plan-head">
        <Summary summary={summary} />
        <span className="quiet">
          on {environment}, as of <When at={created_at} />
        </span>
        <button type="button" disabled={isFetching} onClick={() => void refetch()}>
          Plan again
        </button>
      </p>
      <Diagnostics items={diagnostics} />
      <ol className="plan">
        {shown.map((step) => (
          <PlannedStepView key={`${step.pipeline}.${step.step}`} step={step} wide={pipelines.length !== 1} />
        ))}
      </ol>
      {more}
      <Orphans orphans={orphans} />
    </section>
  );
}

export function PlanPage() {
  useTitle("Plan");
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Plan</h1>
          <p className="summary">What running everything would build now, and why.</p>
        </div>
      </div>
      <PlanView pipelines={[]} />
    </>
  );
}
