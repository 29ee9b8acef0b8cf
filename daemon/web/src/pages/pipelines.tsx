import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { pipelines } from "../api/queries";
import { useTopics } from "../api/live";
import type { Pipeline } from "../api/types";
import { Find, StateFilter } from "../ui/filters";
import { Empty, Refused, Waiting } from "../ui/problem";
import { useTitle } from "../ui/shell";
import { Squares } from "../ui/squares";
import { isActive, State } from "../ui/state";
import { DataTable, type Col } from "../ui/table";
import { At, Took, When } from "../ui/time";
import { cronWords, plural } from "../ui/words";

const route = getRouteApi("/pipelines");
const kStates = ["running", "succeeded", "failed", "timed_out", "cancelled", "skipped"] as const;

function NextStart({ pipeline: { schedule, next_start } }: { pipeline: Pipeline }) {
  if (schedule?.paused) return <span className="quiet">Paused</span>;
  if (next_start) {
    return (
      <span className="stack">
        <When at={next_start} />
        <span className="quiet">
          <At at={next_start} />
        </span>
      </span>
    );
  }
  return schedule?.kind === "upstream" ? (
    <span className="stack">
      <span>When its upstream is updated</span>
    </span>
  ) : (
    <span className="quiet">When somebody asks</span>
  );
}

function LastRun({ pipeline: { recent_runs } }: { pipeline: Pipeline }) {
  const last = recent_runs[0];
  if (!last) return <span className="quiet">No run yet</span>;
  return (
    <span className="stack">
      <Link to="/runs/$run" params={{ run: last.id }} className="plain">
        <State state={last.state} />
      </Link>
      <span className="quiet">
        {isActive(last.state) ? (
          <>
            for <Took span={last} />
          </>
        ) : (
          <>
            <When at={last.finished_at ?? last.nominal_at} />
            {last.duration_ms !== null && (
              <>
                , took <Took span={last} />
              </>
            )}
          </>
        )}
      </span>
    </span>
  );
}

const columns: Col<Pipeline>[] = [
  {
    id: "name",
    title: "Pipeline",
    sort: (row) => row.name,
    className: "col-main",
    cell: (row) => (
      <span className="stack">
        <Link to="/pipelines/$pipeline" params={{ pipeline: row.name }} className="row-link">
          {row.name}
        </Link>
        <span className="quiet clamp">{row.description ?? plural(row.step_count, "step")}</span>
      </span>
    ),
  },
  { id: "runs", title: "Last 14 runs", cell: (row) => <Squares marks={row.recent_runs} of={row.name} />, className: "col-squares" },
  { id: "last", title: "Last run", sort: (row) => row.recent_runs[0]?.nominal_at ?? null, cell: (row) => <LastRun pipeline={row} /> },
  {
    id: "freshness",
    title: "Freshness",
    sort: (row) => row.freshness.due_at,
    cell: ({ freshness }) => (
      <span className="stack">
        <State state={freshness.state} />
        <span className="quiet">
          {freshness.last_success_at ? (
            <>
              data of <When at={freshness.last_success_at} />
            </>
          ) : (
            "no good run yet"
          )}
        </span>
      </span>
    ),
  },
  {
    id: "next",
    title: "Next start",
    sort: (row) => row.next_start,
    cell: (row) => <NextStart pipeline={row} />,
  },
  {
    id: "owner",
    title: "Owner",
    sort: (row) => row.owner,
    cell: (row) => row.owner ?? <span className="quiet">nobody</span>,
    className: "col-owner",
  },
];

function Summary({ items }: { items: Pipeline[] }) {
  const active = items.reduce((sum, item) => sum + item.active_runs, 0);
  const failed = items.filter((item) =>
    ["failed", "timed_out"].includes(item.recent_runs.find((mark) => !isActive(mark.state))?.state ?? ""),
  );
  const late = items.filter((item) => item.freshness.state === "late");
  const next = items
    .filter((item) => item.next_start && !item.schedule?.paused)
    .sort((a, b) => (a.next_start! < b.next_start! ? -1 : 1))[0];
  return (
    <p className="summary">
      {active > 0 ? (
        <Link to="/runs" search={{ state: "queued,running,cancelling" }}>
          {plural(active, "run")} in progress
        </Link>
      ) : (
        "Nothing is running"
      )}
      {failed.length > 0 && (
        <>
          .{" "}
          {failed.map((item, index) => (
            <span key={item.name}>
              {index > 0 && ", "}
              <Link to="/pipelines/$pipeline" params={{ pipeline: item.name }}>
                {item.name}
              </Link>
            </span>
          ))}{" "}
          failed at {failed.length > 1 ? "their" : "its"} last run
        </>
      )}
      {late.length > 0 && <>. {plural(late.length, "pipeline is", "pipelines are")} late</>}
      {next?.next_start && (
        <>
          . Next is{" "}
          <Link to="/pipelines/$pipeline" params={{ pipeline: next.name }} search={{ tab: "schedule" }}>
            {next.name}
          </Link>{" "}
          <When at={next.next_start} />
          {next.schedule?.cron && cronWords(next.schedule.cron) ? (
            <>
              {" "}
              ({cronWords(next.schedule.cron)}, {next.schedule.timezone})
            </>
          ) : null}
        </>
      )}
      .
    </p>
  );
}

export function Pipelines() {
  useTitle("Pipelines");
  useTopics("pipelines", "runs");
  const { q, state } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...pipelines(q, state),
    placeholderData: keepPreviousData,
  });
  const items = data?.pages.flatMap((page) => page.data.items) ?? [];
  const filtered = Boolean(q || state);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Pipelines</h1>
          {data && !filtered && items.length > 0 && <Summary items={items} />}
        </div>
        {items.length > 0 && (
          <div className="page-actions">
            <Link to="/plan" className="button" title="What running everything would build now, and why">
              Plan
            </Link>
          </div>
        )}
      </div>
      <div className="bar">
        <Find
          value={q ?? ""}
          onChange={(value) => void navigate({ search: (before) => ({ ...before, q: value || undefined }), replace: true })}
          label="Filter pipelines by text"
          placeholder="Name, owner, tag"
        />
        <StateFilter
          states={kStates}
          value={state}
          onChange={(value) => void navigate({ search: (before) => ({ ...before, state: value }), replace: true })}
          label="Keep pipelines whose last run"
        />
      </div>
      {error && <Refused error={error} again={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data &&
        items.length === 0 &&
        (filtered ? (
          <Empty title="No pipeline fits these filters">
            <p>
              <Link to="/pipelines">Show all pipelines</Link>
            </p>
          </Empty>
        ) : (
          <Empty title="There is no pipeline yet">
            <p>
              Put a file like this into <code>pipelines/</code> of the project; the daemon takes it up by itself.
            </p>
            <pre className="sample">{`pipeline: hello\nsteps:\n  - name: answer\n    sql: select 42 as answer\n    publish: table`}</pre>
          </Empty>
        ))}
      {items.length > 0 && <DataTable rows={items} columns={columns} rowKey={(row) => row.name} label="Pipelines" />}
      {hasNextPage && (
        <button type="button" className="more" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          More pipelines
        </button>
      )}
    </>
  );
}
