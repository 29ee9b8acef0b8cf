import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTopics } from "../api/live";
import { runStep } from "../api/queries";
import { RetryButton } from "../ui/actions";
import { AttemptView } from "../ui/attempt";
import { Empty, Refused, Waiting } from "../ui/problem";
import { useTitle } from "../ui/shell";
import { Glyph, stateWord } from "../ui/state";
import { Took, When } from "../ui/time";
import { count, duration, publishWords } from "../ui/words";

const route = getRouteApi("/runs/$run/steps/$step");

export function StepPage() {
  const { run: id, step: name } = route.useParams();
  const { attempt: chosen } = route.useSearch();
  useTopics(`run:${id}`);
  useTitle(`${name} in ${id}`);
  const { data, error, refetch } = useQuery(runStep(id, name));
  if (error && !data) return <Refused page error={error} again={() => void refetch()} />;
  if (!data) return <Waiting />;
  const { run, step, attempts } = data.data;
  const attempt = attempts.find((item) => item.number === chosen) ?? attempts[0];
  return (
    <>
      <nav className="crumbs" aria-label="Where this is">
        <Link to="/pipelines/$pipeline" params={{ pipeline: run.pipeline }}>
          {run.pipeline}
        </Link>
        <Link to="/runs/$run" params={{ run: id }}>
          run {id}
        </Link>
      </nav>
      <div className="page-head">
        <div>
          <h1 className="headline">
            <Glyph state={step.state} size={22} />
            <span>
              {step.name} {stateWord(step.state).toLowerCase()}
            </span>
          </h1>
          <p className="origin">
            {step.started_at && (
              <span>
                started <When at={step.started_at} exact />
              </span>
            )}
            <span>on {step.connection}</span>
            {step.table && (
              <span>
                {publishWords(step.publish)} <code>{step.table}</code>
              </span>
            )}
            {step.publish_method && <span>{step.publish_method}</span>}
          </p>
        </div>
        <div className="page-actions">
          <Link to="/lineage" search={{ node: `step:${step.pipeline}.${step.name}` }} className="button">
            Lineage
          </Link>
          <Link to="/pipelines/$pipeline/steps/$step" params={{ pipeline: step.pipeline, step: step.name }} className="button">
            Definition
          </Link>
          {step.state !== "succeeded" && <RetryButton run={run} steps={[step.name]} label="Retry from this step" />}
        </div>
      </div>
      <dl className="facts">
        <div>
          <dt>Took</dt>
          <dd>
            <Took span={step} />
          </dd>
        </div>
        <div>
          <dt>Waited</dt>
          <dd>{step.queued_ms === null ? "–" : duration(step.queued_ms)}</dd>
        </div>
        <div>
          <dt>Rows written</dt>
          <dd>{step.rows === null ? "–" : count(step.rows)}</dd>
        </div>
        <div>
          <dt>Statements</dt>
          <dd>
            {step.units_finished} of {step.units_total}
          </dd>
        </div>
        <div>
          <dt>Attempts</dt>
          <dd>{step.attempt}</dd>
        </div>
      </dl>
      {attempts.length > 1 && (
        <nav className="tabs" aria-label="Attempts">
          {attempts.map((item) => (
            <Link
              key={item.number}
              to="/runs/$run/steps/$step"
              params={{ run: id, step: name }}
              search={{ attempt: item.number === attempts[0]!.number ? undefined : item.number }}
              replace
              className={item === attempt ? "is-here" : undefined}
              aria-current={item === attempt ? "page" : undefined}
            >
              <Glyph state={item.state} /> Attempt {item.number}
              <span className="unseen">, {stateWord(item.state)}</span>
            </Link>
          ))}
        </nav>
      )}
      {attempt ? (
        <AttemptView key={attempt.number} attempt={attempt} />
      ) : (
        <Empty title={step.reused_from ? "This step was not repeated" : "This step has not started"}>
          <p>
            {step.reused_from ? (
              <>
                Its result was kept from run{" "}
                <Link to="/runs/$run" params={{ run: step.reused_from }}>
                  {step.reused_from}
                </Link>
                .
              </>
            ) : (
              (step.reason?.message ?? "It starts when everything before it has succeeded and a slot is free.")
            )}
          </p>
        </Empty>
      )}
    </>
  );
}
