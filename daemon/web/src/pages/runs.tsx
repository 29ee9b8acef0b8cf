import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTopics } from "../api/live";
import { runs, type RunFilters } from "../api/queries";
import type { Run } from "../api/types";
import { StateFilter } from "../ui/filters";
import { Empty, Refused, Waiting } from "../ui/problem";
import { useTitle } from "../ui/shell";
import { State } from "../ui/state";
import { At, Took, When } from "../ui/time";
import { count, interval, triggerWords } from "../ui/words";

const route = getRouteApi("/runs");
const kStates = ["queued", "running", "cancelling", "succeeded", "failed", "timed_out", "cancelled", "skipped"] as const;
const kTriggers = [
  ["schedule", "Schedule"],
  ["upstream", "Upstream"],
  ["backfill", "Backfill"],
  ["retry", "Retry"],
  ["api", "REST"],
  ["cli", "Command line"],
] as const;
const kRow = 54;

function RunRow({ run, pipeline }: { run: Run; pipeline: boolean }) {
  const { succeeded, skipped, total } = run.steps;
  return (
    <>
      <span role="cell" className="rl-state">
        <State state={run.state} />
      </span>
      <span role="cell" className="rl-name stack">
        <span className="clamp">
          <Link to="/runs/$run" params={{ run: run.id }} className="row-link">
            {pipeline ? run.pipeline : run.id}
          </Link>
          {run.interval && <span className="tag">{interval(run.interval)}</span>}
        </span>
        <span className="quiet clamp">
          {run.error ? (
            <>
              {run.error.step}: {run.error.message}
            </>
          ) : run.reason && run.state !== "succeeded" ? (
            run.reason.message
          ) : (
            triggerWords(run.trigger)
          )}
        </span>
      </span>
      <span role="cell" className="rl-when stack">
        <When at={run.created_at} />
        <span className="quiet">
          <At at={run.created_at} />
        </span>
      </span>
      <span role="cell" className="rl-num">
        <Took span={run} />
      </span>
      <span role="cell" className="rl-num rl-steps">
        {run.state === "skipped" ? <span className="quiet">–</span> : `${succeeded}/${total - skipped}`}
      </span>
      <span role="cell" className="rl-num rl-rows">
        {run.rows === null ? <span className="quiet">–</span> : count(run.rows)}
      </span>
    </>
  );
}

/** A list of runs that only draws what is in view and reads on as it is scrolled. */
export function RunList({ filters, pipeline = true, empty }: { filters: RunFilters; pipeline?: boolean; empty: React.ReactNode }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...runs(filters),
    placeholderData: keepPreviousData,
  });
  const items = data?.pages.flatMap((page) => page.data.items) ?? [];
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), [items.length === 0]);
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => kRow,
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => items[index]!.id,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= items.length - 20) void fetchNextPage();
  }, [last, items.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (error) return <Refused error={error} again={() => void refetch()} />;
  if (!data) return <Waiting />;
  if (items.length === 0) return empty;
  return (
    <div role="table" className="run-list" aria-label="Runs, newest first" aria-rowcount={hasNextPage ? -1 : items.length + 1}>
      <div role="row" className="rl-head rl-row" aria-rowindex={1}>
        <span role="columnheader">State</span>
        <span role="columnheader">{pipeline ? "Pipeline" : "Run"}</span>
        <span role="columnheader" className="rl-when">
          Created
        </span>
        <span role="columnheader" className="rl-num">
          Took
        </span>
        <span role="columnheader" className="rl-num rl-steps">
          Steps
        </span>
        <span role="columnheader" className="rl-num rl-rows">
          Rows
        </span>
      </div>
      <div role="rowgroup" className="rl-body" ref={list} style={{ height: virtual.getTotalSize() }}>
        {rows.map(({ index, key, start }) => (
          <div role="row" key={key} className="rl-row" aria-rowindex={index + 2} style={{ transform: `translateY(${start - top}px)` }}>
            <RunRow run={items[index]!} pipeline={pipeline} />
          </div>
        ))}
      </div>
    </div>
  );
}

export function Runs() {
  useTitle("Runs");
  useTopics("runs");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const filtered = Object.values(search).some(Boolean);
  return (
    <>
      <div className="page-head">
        <h1>Runs</h1>
      </div>
      <div className="bar">
        <StateFilter states={kStates} value={search.state} onChange={(state) => set({ state })} label="Keep runs in state" />
        <label className="select">
          <span className="unseen">Started by</span>
          <select value={search.trigger ?? ""} onChange={(event) => set({ trigger: event.target.value || undefined })}>
            <option value="">Started by anything</option>
            {kTriggers.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        </label>
        {(search.pipeline || search.backfill) && (
          <button type="button" className="chip" aria-pressed="true" onClick={() => set({ pipeline: undefined, backfill: undefined })}>
            {search.pipeline ?? `backfill ${search.backfill}`} <span aria-hidden="true">×</span>
            <span className="unseen">Remove this filter</span>
          </button>
        )}
      </div>
      <RunList
        filters={search}
        empty={
          filtered ? (
            <Empty title="No run fits these filters">
              <p>
                <Link to="/runs">Show all runs</Link>
              </p>
            </Empty>
          ) : (
            <Empty title="Nothing has run yet">
              <p>
                Start one: <code>penstock run PIPELINE</code>, or the button on a <Link to="/pipelines">pipeline’s page</Link>.
              </p>
            </Empty>
          )
        }
      />
    </>
  );
}
