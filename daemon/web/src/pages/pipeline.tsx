import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useTopics } from "../api/live";
import { pipeline as pipelineQuery } from "../api/queries";
import type { PipelineDetail, StepDefinition, Trigger } from "../api/types";
import { BackfillButton, RunNow } from "../ui/actions";
import { Diagnostics } from "../ui/diagnostics";
import { Empty, Refused, Waiting } from "../ui/problem";
import { useTitle } from "../ui/shell";
import { Squares } from "../ui/squares";
import { Glyph, isActive, State, stateWord } from "../ui/state";
import { DataTable, type Col } from "../ui/table";
import { At, Took, When } from "../ui/time";
import { count, cronWords, duration, plural, publishWords, timeIn } from "../ui/words";
import { RunList } from "./runs";

const Grid = lazy(() => import("./grid").then((module) => ({ default: module.Grid })));
const History = lazy(() => import("./history").then((module) => ({ default: module.History })));
const PlanView = lazy(() => import("./plan").then((module) => ({ default: module.PlanView })));
const GraphView = lazy(() => import("../graph/graph").then((module) => ({ default: module.GraphView })));
const route = getRouteApi("/pipelines/$pipeline");

const columns: Col<StepDefinition>[] = [
  { id: "name", title: "Step", className: "col-main", cell: (row) => <NameCell row={row} /> },
  {
    id: "publish",
    title: "Publishes",
    sort: (row) => row.publish.as,
    cell: (row) => (
      <span className="stack">
        <span>{publishWords(row.publish)}</span>
        <code className="quiet">{row.table}</code>
      </span>
    ),
  },
  {
    id: "checks",
    title: "Checks",
    sort: (row) => row.checks.length,
    className: "num",
    cell: (row) => row.checks.length || <span className="quiet">–</span>,
  },
  { id: "columns", title: "Columns", sort: (row) => row.columns.length, className: "num col-wide", cell: (row) => row.columns.length },
  {
    id: "rows",
    title: "Rows",
    sort: (row) => row.latest?.rows ?? null,
    className: "num",
    cell: (row) => (row.latest?.rows == null ? <span className="quiet">–</span> : count(row.latest.rows)),
  },
  {
    id: "took",
    title: "Took",
    sort: (row) => row.latest?.duration_ms ?? null,
    className: "num",
    cell: (row) => (row.latest?.duration_ms == null ? <span className="quiet">–</span> : duration(row.latest.duration_ms)),
  },
  {
    id: "latest",
    title: "Last start",
    cell: (row) =>
      row.latest ? (
        <Link to="/runs/$run" params={{ run: row.latest.run_id }} search={{ step: row.name }} className="plain stack">
          <State state={row.latest.state} />
          {row.latest.finished_at && (
            <span className="quiet">
              <When at={row.latest.finished_at} />
            </span>
          )}
        </Link>
      ) : (
        <span className="quiet">never</span>
      ),
  },
];

function NameCell({ row }: { row: StepDefinition }) {
  const { pipeline } = route.useParams();
  return (
    <span className="stack">
      <Link to="/pipelines/$pipeline/steps/$step" params={{ pipeline, step: row.name }} className="row-link">
        {row.name}
      </Link>
      <span className="quiet clamp">
        {row.description ??
          ([...row.depends_on, ...row.sources].join(", ") ? `from ${[...row.depends_on, ...row.sources].join(", ")}` : row.kind)}
      </span>
    </span>
  );
}

const kDrawn = 300;

function Overview({ detail }: { detail: PipelineDetail }) {
  const [drawn, setDrawn] = useState(detail.graph.nodes.length <= kDrawn);
  const edges = useMemo(
    () => detail.graph.edges.map(({ from, to }) => ({ from: { node: from, column: null }, to: { node: to, column: null } })),
    [detail.graph],
  );
  return (
    <>
      {drawn ? (
        <Suspense fallback={<div className="graph-wait" />}>
          <GraphView
            items={detail.graph.nodes}
            edges={edges}
            leads="definition"
            home={detail.pipeline.name}
            label={`Graph of ${detail.pipeline.name}; the table below says the same`}
          />
        </Suspense>
      ) : (
        <p className="undrawn">
          A graph of {count(detail.graph.nodes.length)} tables is slow to draw and hard to read.{" "}
          <button type="button" onClick={() => setDrawn(true)}>
            Draw it all the same
          </button>
        </p>
      )}
      <DataTable rows={detail.steps} columns={columns} rowKey={(row) => row.name} label="Steps" />
      {detail.diagnostics.length > 0 && (
        <section aria-label="Diagnostics">
          <h2>Diagnostics</h2>
          <Diagnostics items={detail.diagnostics} />
        </section>
      )}
    </>
  );
}

const kMisfire: Record<Trigger["misfire"], string> = {
  skip: "Dropped",
  last: "The last one is made up for",
  all: "Every one is made up for",
};
const kOverlap: Record<Trigger["overlap"], string> = {
  skip: "The new start is skipped",
  queue_one: "One start waits",
  queue_all: "Starts wait their turn",
  cancel_running: "The active run is cancelled",
  allow: "Both run",
};
const kGap: Record<Trigger["dst_gap"], string> = {
  shift: "Moved to the first moment after the gap",
  skip: "Skipped on the day that has no such time",
};
const kFold: Record<Trigger["dst_overlap"], string> = {
  first: "at the first of two equal times",
  second: "at the second of two equal times",
  both: "at both of two equal times",
};

function TriggerView({ trigger }: { trigger: Trigger }) {
  const words = trigger.cron ? (cronWords(trigger.cron) ?? trigger.cron) : `when ${trigger.upstream.join(" or ")} is updated`;
  return (
    <section className="trigger">
      <h2>{trigger.name[0]!.toUpperCase() + trigger.name.slice(1).replaceAll("_", " ")}</h2>
      <p className="trigger-words">
        {words[0]!.toUpperCase() + words.slice(1)}
        {trigger.timezone && <>, {trigger.timezone}</>}
        {trigger.cron && <code>{trigger.cron}</code>}
      </p>
      {trigger.paused && (
        <p>
          <State state="skipped">Paused</State>
        </p>
      )}
      {trigger.next_starts.length > 0 && (
        <ol className="starts" aria-label={`Next starts of ${trigger.name}`}>
          {trigger.next_starts.map((start) => (
            <li key={start}>
              <At at={start} />
              <span className="quiet">
                <When at={start} />
                {trigger.timezone && <>, {timeIn(start, trigger.timezone)}</>}
              </span>
            </li>
          ))}
        </ol>
      )}
      <dl className="rules">
        {trigger.cron && (
          <>
            <dt>Missed starts</dt>
            <dd>
              {kMisfire[trigger.misfire]}
              {trigger.misfire_window_ms !== null && trigger.misfire !== "skip" && <>, within {duration(trigger.misfire_window_ms)}</>}
            </dd>
          </>
        )}
        <dt>While a run is active</dt>
        <dd>{kOverlap[trigger.overlap]}</dd>
        {trigger.cron && (
          <>
            <dt>When clocks change</dt>
            <dd>
              {kGap[trigger.dst_gap]}; {kFold[trigger.dst_overlap]}
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Schedule({ detail }: { detail: PipelineDetail }) {
  return (
    <>
      {detail.triggers.length === 0 && (
        <Empty title="It runs when somebody asks">
          <p>A schedule in {detail.file} starts it by itself:</p>
          <pre className="sample">{`schedule: { cron: "15 2 * * *", timezone: Europe/Berlin }`}</pre>
        </Empty>
      )}
      <div className="triggers">
        {detail.triggers.map((trigger) => (
          <TriggerView key={trigger.name} trigger={trigger} />
        ))}
      </div>
      <section aria-label="Starts that did not happen">
        <h2>Starts that did not happen</h2>
        {detail.missed_starts.length === 0 ? (
          <p className="quiet">None. Every start that is skipped is kept here with its reason.</p>
        ) : (
          <ul className="missed">
            {detail.missed_starts.map((missed) => (
              <li key={missed.run_id}>
                <Link to="/runs/$run" params={{ run: missed.run_id }}>
                  <At at={missed.nominal_at} />
                </Link>
                <State state="skipped">{missed.reason.code.replaceAll("_", " ")}</State>
                <span>{missed.reason.message}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

const NeverRan = () => (
  <Empty title="It has not run yet">
    <p>Press “Run now”, or wait for its schedule.</p>
  </Empty>
);

type Tab = "grid" | "runs" | "schedule" | "plan" | undefined;

function Parts({ name, steps, tab }: { name: string; steps: number; tab: Tab }) {
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    const here = list.current?.querySelector<HTMLElement>("[aria-current]");
    if (list.current && here) list.current.scrollLeft = here.offsetLeft + here.offsetWidth - list.current.clientWidth;
  }, [tab]);
  const parts: [Tab, string][] = [
    [undefined, `Graph and ${plural(steps, "step")}`],
    ["grid", "Grid"],
    ["runs", "Runs"],
    ["schedule", "Schedule"],
    ["plan", "Plan"],
  ];
  return (
    <nav ref={list} className="tabs" aria-label="Parts of the pipeline">
      {parts.map(([value, word]) => (
        <Link
          key={word}
          to="/pipelines/$pipeline"
          params={{ pipeline: name }}
          search={{ tab: value }}
          replace
          className={tab === value ? "is-here" : undefined}
          aria-current={tab === value ? "page" : undefined}
          activeOptions={{ exact: true, includeSearch: true }}
        >
          {word}
        </Link>
      ))}
    </nav>
  );
}

export function PipelinePage() {
  const { pipeline: name } = route.useParams();
  const { tab } = route.useSearch();
  useTitle(name);
  const { data, error, refetch } = useQuery(pipelineQuery(name));
  const active = data?.data.pipeline.recent_runs.filter((mark) => isActive(mark.state)) ?? [];
  useTopics(`pipeline:${name}`, ...active.map((mark) => `run:${mark.id}`));
  if (error && !data) return <Refused page error={error} again={() => void refetch()} />;
  if (!data) return <Waiting />;
  const detail = data.data;
  const { pipeline } = detail;
  const last = pipeline.recent_runs[0];
  return (
    <>
      <div className="page-head">
        <div>
          <h1 className="headline">
            {last && <Glyph state={last.state} size={22} label={stateWord(last.state)} />}
            <span>{name}</span>
          </h1>
          <p className="origin">
            {pipeline.description && <span>{pipeline.description}</span>}
            {pipeline.owner && <span>owned by {pipeline.owner}</span>}
            {pipeline.tags.map((tag) => (
              <span key={tag} className="tag">
                {tag}
              </span>
            ))}
            <code className="quiet">{detail.file}</code>
          </p>
        </div>
        <div className="page-actions">
          <BackfillButton detail={detail} />
          <RunNow detail={detail} />
        </div>
      </div>
      <dl className="facts">
        <div className="facts-squares">
          <dt>Last runs</dt>
          <dd>
            <Squares marks={pipeline.recent_runs} of={name} />
          </dd>
        </div>
        <div>
          <dt>Last run</dt>
          <dd>
            {last ? (
              <Link to="/runs/$run" params={{ run: last.id }} className="plain">
                {stateWord(last.state)}{" "}
                {isActive(last.state) ? (
                  <>
                    for <Took span={last} />
                  </>
                ) : (
                  <When at={last.finished_at ?? last.nominal_at} />
                )}
                {last.duration_ms !== null && (
                  <>
                    , <Took span={last} />
                  </>
                )}
              </Link>
            ) : (
              "none yet"
            )}
          </dd>
        </div>
        <div>
          <dt>Freshness</dt>
          <dd>
            <State state={pipeline.freshness.state} />
          </dd>
        </div>
        <div>
          <dt>Next start</dt>
          <dd>
            {pipeline.next_start ? (
              <When at={pipeline.next_start} exact />
            ) : pipeline.schedule?.kind === "upstream" ? (
              "when its upstream is updated"
            ) : (
              "when somebody asks"
            )}
          </dd>
        </div>
      </dl>
      <Parts name={name} steps={pipeline.step_count} tab={tab} />
      {tab === undefined && <Overview detail={detail} />}
      <Suspense fallback={<Waiting />}>
        {tab === "grid" && <Grid pipeline={name} steps={detail.steps} empty={<NeverRan />} />}
        {tab === "runs" && (
          <>
            <History pipeline={name} />
            <RunList filters={{ pipeline: name }} pipeline={false} empty={<NeverRan />} />
          </>
        )}
        {tab === "plan" && <PlanView pipelines={[name]} />}
      </Suspense>
      {tab === "schedule" && <Schedule detail={detail} />}
    </>
  );
}
