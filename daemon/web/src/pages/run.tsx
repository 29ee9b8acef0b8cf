import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Fragment, memo, useEffect, useRef, type ReactNode } from "react";
import { useTopics } from "../api/live";
import { run as runQuery, runStep } from "../api/queries";
import type { Run, Step } from "../api/types";
import { CancelButton, RetryButton } from "../ui/actions";
import { AttemptView } from "../ui/attempt";
import { Axis, Bar, useScale } from "../ui/gantt";
import { Failure, Refused, Waiting } from "../ui/problem";
import { useTitle } from "../ui/shell";
import { useSome } from "../ui/some";
import { Glyph, isActive, State, stateWord } from "../ui/state";
import { announce } from "../ui/store";
import { Took, When } from "../ui/time";
import { count, duration, interval, plural, publishWords, triggerWords } from "../ui/words";

const route = getRouteApi("/runs/$run");

function Headline({ run }: { run: Run }) {
  const failedIn = run.error?.step ? (
    <>
      {" "}
      in <b>{run.error.step}</b>
    </>
  ) : null;
  const took = run.duration_ms === null ? null : <> after {duration(run.duration_ms)}</>;
  const words: Record<Run["state"], ReactNode> = {
    scheduled: "is scheduled",
    queued: "waits to start",
    running: (
      <>
        is running, <Took span={run} /> so far
      </>
    ),
    cancelling: "is being cancelled",
    succeeded: <>succeeded{run.duration_ms !== null && <> in {duration(run.duration_ms)}</>}</>,
    failed: (
      <>
        failed{failedIn}
        {took}
      </>
    ),
    timed_out: (
      <>
        timed out{failedIn}
        {took}
      </>
    ),
    cancelled: <>was cancelled{took}</>,
    skipped: "was skipped",
  };
  return (
    <h1 className="headline">
      <Glyph state={run.state} size={22} />
      <span>
        <Link to="/pipelines/$pipeline" params={{ pipeline: run.pipeline }} className="plain">
          {run.pipeline}
        </Link>{" "}
        {words[run.state]}
      </span>
    </h1>
  );
}

function Origin({ run }: { run: Run }) {
  const { nominal_at } = run.trigger;
  const parts: ReactNode[] = [
    <>
      {triggerWords(run.trigger)} <When at={nominal_at ?? run.created_at} exact />
    </>,
    ...(run.interval ? [<>interval {interval(run.interval)}</>] : []),
    ...Object.entries(run.parameters).map(([name, value]) => (
      <code>
        {name} = {value}
      </code>
    )),
    ...(run.retry_of
      ? [
          <>
            retry of{" "}
            <Link to="/runs/$run" params={{ run: run.retry_of }}>
              {run.retry_of}
            </Link>
          </>,
        ]
      : []),
    ...(run.retried_by
      ? [
          <>
            retried by{" "}
            <Link to="/runs/$run" params={{ run: run.retried_by }}>
              {run.retried_by}
            </Link>
          </>,
        ]
      : []),
    ...(run.backfill_id
      ? [
          <>
            backfill{" "}
            <Link to="/backfills/$backfill" params={{ backfill: run.backfill_id }}>
              {run.backfill_id}
            </Link>
          </>,
        ]
      : []),
    <span className="quiet">run {run.id}</span>,
  ];
  return (
    <p className="origin">
      {parts.map((part, index) => (
        <span key={index}>{part}</span>
      ))}
    </p>
  );
}

function Facts({ run }: { run: Run }) {
  const { steps, checks } = run;
  const done = [
    steps.succeeded && `${steps.succeeded} succeeded`,
    steps.failed && `${steps.failed} failed`,
    steps.unknown && `${steps.unknown} unknown`,
    steps.running && `${steps.running} running`,
    (steps.queued || steps.pending) && `${steps.queued + steps.pending} waiting`,
    steps.cancelled && `${steps.cancelled} cancelled`,
    steps.skipped && `${steps.skipped} skipped`,
  ]
    .filter(Boolean)
    .join(", ");
  const checked = [
    checks.passed && `${checks.passed} passed`,
    checks.failed && `${checks.failed} failed`,
    checks.warned && `${checks.warned} warned`,
  ]
    .filter(Boolean)
    .join(", ");
  return (
    <dl className="facts">
      <div>
        <dt>Steps</dt>
        <dd>{done || plural(steps.total, "step")}</dd>
      </div>
      <div>
        <dt>Checks</dt>
        <dd>{checked || "none ran"}</dd>
      </div>
      <div>
        <dt>Rows written</dt>
        <dd>{run.rows === null ? "–" : count(run.rows)}</dd>
      </div>
      <div>
        <dt>Waited</dt>
        <dd>{run.queued_ms === null ? "–" : duration(run.queued_ms)}</dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd>
          <Took span={run} />
        </dd>
      </div>
    </dl>
  );
}

/** The failed step before everything else, with why and the ways out. */
function FailedStep({ run, step }: { run: Run; step: Step }) {
  if (!step.error) return null;
  return (
    <section className="pinned" aria-label={`Failed step ${step.name}`}>
      <div className="pinned-head">
        <State state={step.state} />
        <Link to="/runs/$run/steps/$step" params={{ run: run.id, step: step.name }} className="row-link">
          {step.name}
        </Link>
        <span className="quiet">
          {step.table && <code>{step.table}</code>}
          {step.attempt > 1 && <>, attempt {step.attempt}</>}
        </span>
      </div>
      <Failure error={step.error}>
        <div className="failure-ways">
          <RetryButton run={run} steps={run.state === "succeeded" ? [] : [step.name]} label="Retry from this step" />
          <Link to="/runs/$run/steps/$step" params={{ run: run.id, step: step.name }} className="button">
            SQL and checks
          </Link>
          <Link to="/pipelines/$pipeline/steps/$step" params={{ pipeline: run.pipeline, step: step.name }} className="button">
            Definition
          </Link>
        </div>
      </Failure>
    </section>
  );
}

function OpenStep({ run, step }: { run: Run; step: Step }) {
  const { data, error, refetch } = useQuery(runStep(run.id, step.name));
  if (error) return <Refused error={error} again={() => void refetch()} />;
  if (!data) return <Waiting rows={3} />;
  const attempt = data.data.attempts[0];
  if (!attempt)
    return (
      <p className="quiet">
        {step.reused_from ? (
          <>
            Kept from run{" "}
            <Link to="/runs/$run" params={{ run: step.reused_from }}>
              {step.reused_from}
            </Link>
            .
          </>
        ) : (
          (step.reason?.message ?? "It has not started yet.")
        )}
      </p>
    );
  return (
    <>
      {data.data.attempts.length > 1 && (
        <p className="quiet">
          Attempt {attempt.number};{" "}
          <Link to="/runs/$run/steps/$step" params={{ run: run.id, step: step.name }}>
            the {plural(data.data.attempts.length - 1, "earlier one", "earlier ones")}
          </Link>
        </p>
      )}
      <AttemptView attempt={attempt} quietError />
    </>
  );
}

function note(step: Step): ReactNode {
  if (step.reused_from) return "kept from the run before";
  if (step.state === "running" && step.phase)
    return (
      <>
        {{ stage: "staging", check: "checking", publish: "publishing" }[step.phase]}, {step.units_finished}/{step.units_total} statements
      </>
    );
  if (step.reason && step.state !== "succeeded" && step.state !== "running") return step.reason.message;
  return step.publish_method ?? publishWords(step.publish);
}

const StepRow = memo(function StepRow({ step, shown, start }: { step: Step; shown: boolean; start: number }) {
  const navigate = route.useNavigate();
  const bad = step.checks.failed + step.checks.warned;
  return (
    <tr className={shown ? "is-open" : undefined} data-step={step.name} data-state={step.state}>
      <td className="col-main">
        <button
          type="button"
          className="step-toggle"
          aria-expanded={shown}
          onClick={() => void navigate({ search: { step: shown ? undefined : step.name }, replace: true, resetScroll: false })}
        >
          <span className="twist" aria-hidden="true" />
          <Glyph state={step.state} size={16} />
          <span className="stack">
            <span className="step-name">
              {step.name}
              <span className="unseen">, {stateWord(step.state)}</span>
            </span>
            <span className="quiet clamp">{note(step)}</span>
          </span>
        </button>
      </td>
      <td className="col-gantt">
        <Bar step={step} start={start} />
      </td>
      <td className="num col-wide">{step.queued_ms === null ? <span className="quiet">–</span> : duration(step.queued_ms)}</td>
      <td className="num">
        <Took span={step} />
      </td>
      <td className="num col-wide">{step.rows === null ? <span className="quiet">–</span> : count(step.rows)}</td>
      <td className="num col-wide">
        {step.checks.passed + bad === 0 ? (
          <span className="quiet">–</span>
        ) : (
          <span className={step.checks.failed ? "tone-bad" : step.checks.warned ? "tone-warn" : undefined}>
            {step.checks.passed}/{step.checks.passed + bad}
          </span>
        )}
      </td>
    </tr>
  );
});

function StepRows({ run, steps, open }: { run: Run; steps: Step[]; open: string | undefined }) {
  const scale = useScale(run, steps);
  const { shown, more } = useSome(steps);
  return (
    <>
      <table className="data steps" aria-label="Steps in the order of their dependencies" style={scale.style}>
        <thead>
          <tr>
            <th scope="col" className="col-main">
              Step
            </th>
            <th scope="col" className="col-gantt">
              <span className="unseen">Timeline</span>
              <Axis scale={scale} />
            </th>
            <th scope="col" className="num col-wide">
              Waited
            </th>
            <th scope="col" className="num">
              Took
            </th>
            <th scope="col" className="num col-wide">
              Rows
            </th>
            <th scope="col" className="num col-wide">
              Checks
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((step) => (
            <Fragment key={step.name}>
              <StepRow step={step} shown={step.name === open} start={scale.start} />
              {step.name === open && (
                <tr className="step-open">
                  <td colSpan={6}>
                    <OpenStep run={run} step={step} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}

export function RunPage() {
  const { run: id } = route.useParams();
  const { step: open } = route.useSearch();
  useTopics(`run:${id}`);
  const { data, error, refetch } = useQuery(runQuery(id));
  const run = data?.data.run;
  useTitle(run ? `${run.pipeline} ${stateWord(run.state).toLowerCase()}` : `Run ${id}`);
  const before = useRef(run?.state);
  useEffect(() => {
    if (run && before.current && before.current !== run.state && !isActive(run.state))
      announce(`The run of ${run.pipeline} ${stateWord(run.state).toLowerCase()}`);
    before.current = run?.state;
  }, [run]);
  if (error && !data) return <Refused page error={error} again={() => void refetch()} />;
  if (!data || !run) return <Waiting />;
  const failed = data.data.steps.filter((step) => step.state === "failed" || step.state === "unknown");
  return (
    <>
      <div className="page-head">
        <div>
          <Headline run={run} />
          <Origin run={run} />
        </div>
        <div className="page-actions">
          <CancelButton run={run} />
          {failed.length === 0 && <RetryButton run={run} />}
        </div>
      </div>
      {run.reason && run.state !== "succeeded" && <p className="reason">{run.reason.message}</p>}
      {failed.map((step) => (
        <FailedStep key={step.name} run={run} step={step} />
      ))}
      <Facts run={run} />
      <StepRows run={run} steps={data.data.steps} open={open} />
    </>
  );
}
