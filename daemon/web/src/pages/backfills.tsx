import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { post } from "../api/client";
import { useTopics } from "../api/live";
import { backfill, backfills } from "../api/queries";
import type { Backfill, BackfillDetail } from "../api/types";
import { Empty, Refused, Waiting } from "../ui/problem";
import { useTitle } from "../ui/shell";
import { Glyph, isActive, State, stateWord } from "../ui/state";
import { DataTable, type Col } from "../ui/table";
import { When } from "../ui/time";
import { duration, interval, plural } from "../ui/words";

const route = getRouteApi("/backfills/$backfill");
const finished = ({ counts }: Backfill) => counts.succeeded + counts.failed + counts.cancelled;

function Progress({ backfill }: { backfill: Backfill }) {
  const { counts } = backfill;
  const part = (value: number) => `${(value / Math.max(1, counts.total)) * 100}%`;
  return (
    <span className="stack">
      <span className="progress" aria-hidden="true">
        <i className="tone-ok" style={{ width: part(counts.succeeded) }} />
        <i className="tone-bad" style={{ width: part(counts.failed) }} />
        <i className="tone-idle" style={{ width: part(counts.cancelled) }} />
        <i className="tone-run" style={{ width: part(counts.active) }} />
      </span>
      <span className="quiet">
        {finished(backfill)} of {plural(counts.total, "interval")}
        {counts.failed > 0 && `, ${counts.failed} failed`}
      </span>
    </span>
  );
}

const columns: Col<Backfill>[] = [
  {
    id: "name",
    title: "Backfill",
    sort: (row) => row.pipeline,
    className: "col-main",
    cell: (row) => (
      <span className="stack">
        <Link to="/backfills/$backfill" params={{ backfill: row.id }} className="row-link">
          {row.pipeline}
        </Link>
        <span className="quiet clamp">{row.note ?? row.id}</span>
      </span>
    ),
  },
  { id: "span", title: "Span", cell: (row) => `${row.start.slice(0, 10)} to ${row.end.slice(0, 10)}` },
  { id: "state", title: "State", cell: (row) => <State state={row.state} /> },
  { id: "progress", title: "Progress", cell: (row) => <Progress backfill={row} /> },
  {
    id: "created",
    title: "Created",
    cell: (row) => (
      <span className="stack">
        <When at={row.created_at} />
        <span className="quiet">{row.actor && `by ${row.actor}`}</span>
      </span>
    ),
  },
];

export function Backfills() {
  useTitle("Backfills");
  useTopics("backfills");
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(backfills({}));
  const items = data?.pages.flatMap((page) => page.data.items) ?? [];
  return (
    <>
      <div className="page-head">
        <h1>Backfills</h1>
      </div>
      {error && <Refused error={error} again={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && items.length === 0 && (
        <Empty title="Nothing has been backfilled">
          <p>
            A backfill runs a pipeline once for every interval of a span: the button is on the page of a pipeline that has intervals, or{" "}
            <code>penstock backfill PIPELINE --from 2001-01 --to 2001-06</code>.
          </p>
        </Empty>
      )}
      {items.length > 0 && <DataTable rows={items} columns={columns} rowKey={(row) => row.id} label="Backfills" />}
      {hasNextPage && (
        <button type="button" className="more" onClick={() => void fetchNextPage()}>
          More backfills
        </button>
      )}
    </>
  );
}

export function BackfillPage() {
  const { backfill: id } = route.useParams();
  useTopics("backfills", "runs");
  const { data, error, refetch } = useQuery(backfill(id));
  useTitle(`Backfill ${id}`);
  const cancel = useMutation({ mutationFn: () => post<BackfillDetail>(`/api/v1/backfills/${encodeURIComponent(id)}/cancel`, {}) });
  if (error && !data) return <Refused page error={error} again={() => void refetch()} />;
  if (!data) return <Waiting />;
  const { backfill: it, intervals } = data.data;
  return (
    <>
      <div className="page-head">
        <div>
          <h1 className="headline">
            <Glyph state={it.state} size={22} />
            <span>
              Backfill of{" "}
              <Link to="/pipelines/$pipeline" params={{ pipeline: it.pipeline }} className="plain">
                {it.pipeline}
              </Link>{" "}
              {stateWord(it.state).toLowerCase()}, {finished(it)} of {it.counts.total} done
            </span>
          </h1>
          <p className="origin">
            <span>
              {it.start.slice(0, 10)} to {it.end.slice(0, 10)}
            </span>
            <span>
              {it.max_active === 1 ? "one at a time" : `${it.max_active} at a time`}, {it.order.replaceAll("_", " ")}
            </span>
            <span>
              created <When at={it.created_at} exact />
              {it.actor && <> by {it.actor}</>}
            </span>
            {it.note && <span>“{it.note}”</span>}
          </p>
        </div>
        <div className="page-actions">
          <Link to="/runs" search={{ backfill: id }} className="button">
            Its runs
          </Link>
          {it.actions.includes("cancel") && (
            <button type="button" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
              Cancel backfill
            </button>
          )}
        </div>
      </div>
      {cancel.error && <Refused error={cancel.error} />}
      <ul className="intervals" aria-label="Intervals">
        {intervals.map((item) => {
          const inside = (
            <>
              <span className="interval-name">{interval(item)}</span>
              <State state={item.state ?? "pending"}>{item.state ? undefined : "Waiting"}</State>
              <span className="quiet num">
                {item.duration_ms === null ? (item.state && isActive(item.state) ? "now" : "–") : duration(item.duration_ms)}
              </span>
            </>
          );
          return (
            <li key={item.start}>
              {item.run_id ? (
                <Link to="/runs/$run" params={{ run: item.run_id }}>
                  {inside}
                </Link>
              ) : (
                <span>{inside}</span>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
