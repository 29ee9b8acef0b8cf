import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useId, useMemo, useState } from "react";
import { columnLineage, lineage, lineageNodes, type Direction } from "../api/queries";
import type { ColumnLineage, Graph } from "../api/types";
import { Empty, Refused, Waiting } from "../ui/problem";
import { useTitle } from "../ui/shell";
import { State } from "../ui/state";
import { DataTable, type Col } from "../ui/table";
import { plural } from "../ui/words";

const GraphView = lazy(() => import("../graph/graph").then((module) => ({ default: module.GraphView })));
const route = getRouteApi("/lineage");
const short = (id: string) => id.replace(/^(source|step):/, "");

/** A box to choose a table by typing: arrows move, Enter chooses. */
function Choose({ node }: { node: string | undefined }) {
  const navigate = route.useNavigate();
  const list = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const { data } = useQuery({ ...lineageNodes(typed ?? ""), enabled: typed !== null, placeholderData: keepPreviousData });
  const items = typed === null ? [] : (data?.data.items ?? []);
  const choose = (id: string | undefined) => {
    setTyped(null);
    void navigate({ search: (before) => ({ ...before, node: id, column: undefined }) });
  };
  return (
    <div className="choose">
      <label>
        <span className="unseen">Table</span>
        <input
          role="combobox"
          aria-expanded={items.length > 0}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={items[at] ? `${list}-${at}` : undefined}
          spellCheck={false}
          placeholder="All tables: choose one"
          value={typed ?? (node ? short(node) : "")}
          onFocus={(event) => event.target.select()}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onBlur={() => setTyped(null)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown" && typed === null) setTyped("");
            else if (event.key === "ArrowDown") setAt(Math.min(at + 1, items.length - 1));
            else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
            else if (event.key === "Enter" && items[at]) choose(items[at].id);
            else if (event.key === "Escape") setTyped(null);
            else return;
            event.preventDefault();
          }}
        />
      </label>
      <ul id={list} role="listbox" aria-label="Tables" hidden={items.length === 0}>
        {items.map((item, index) => (
          <li
            key={item.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseDown={(event) => (event.preventDefault(), choose(item.id))}
            onMouseEnter={() => setAt(index)}
          >
            <b>{short(item.id)}</b> <span className="quiet">{item.kind === "source" ? "source" : item.table}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Controls() {
  const { node, direction = "both", depth = 1, level } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: {
    direction?: Direction | undefined;
    depth?: number | undefined;
    level?: "columns" | undefined;
    column?: undefined;
  }) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <div className="bar">
      <Choose node={node} />
      {node && (
        <>
          <div className="segments" role="group" aria-label="Level">
            <button type="button" aria-pressed={!level} onClick={() => set({ level: undefined, column: undefined })}>
              Tables
            </button>
            <button type="button" aria-pressed={level === "columns"} onClick={() => set({ level: "columns" })}>
              Columns
            </button>
          </div>
          <div className="segments" role="group" aria-label="Direction">
            {(["upstream", "both", "downstream"] as const).map((value) => (
              <button
                key={value}
                type="button"
                aria-pressed={direction === value}
                onClick={() => set({ direction: value === "both" ? undefined : value })}
              >
                {{ upstream: "Upstream", both: "Both", downstream: "Downstream" }[value]}
              </button>
            ))}
          </div>
          <div className="stepper" role="group" aria-label="Depth">
            <button
              type="button"
              aria-label="One level less"
              disabled={depth <= 1}
              onClick={() => set({ depth: depth - 1 === 1 ? undefined : depth - 1 })}
            >
              −
            </button>
            <output>{plural(depth, "level")}</output>
            <button type="button" aria-label="One level more" disabled={depth >= 20} onClick={() => set({ depth: depth + 1 })}>
              +
            </button>
          </div>
          <Link to="/lineage" className="button">
            All tables
          </Link>
        </>
      )}
    </div>
  );
}

type TableRow = Graph["nodes"][number] & { from: string[]; to: string[] };
const links = (ids: string[]) =>
  ids.length === 0 ? (
    <span className="quiet">–</span>
  ) : (
    ids.map((id, index) => (
      <span key={id}>
        {index > 0 && ", "}
        <Link to="/lineage" search={{ node: id }}>
          {short(id)}
        </Link>
      </span>
    ))
  );
const tableColumns: Col<TableRow>[] = [
  {
    id: "name",
    title: "Table",
    sort: (row) => row.id,
    className: "col-main",
    cell: (row) => (
      <span className="stack">
        <Link to="/lineage" search={{ node: row.id }} className="row-link">
          {short(row.id)}
        </Link>
        <code className="quiet">{row.table}</code>
      </span>
    ),
  },
  {
    id: "state",
    title: "State",
    cell: (row) =>
      row.state ? <State state={row.state} /> : <span className="quiet">{row.kind === "source" ? "source" : "never ran"}</span>,
  },
  { id: "from", title: "Reads", cell: (row) => links(row.from) },
  { id: "to", title: "Is read by", cell: (row) => links(row.to) },
];

function Tables() {
  const { node, direction = "both", depth = 1 } = route.useSearch();
  const { data, error, refetch } = useQuery({ ...lineage(node, direction, depth), placeholderData: keepPreviousData });
  const graph = data?.data;
  const edges = useMemo(
    () => graph?.edges.map(({ from, to }) => ({ from: { node: from, column: null }, to: { node: to, column: null } })) ?? [],
    [graph],
  );
  if (error) return <Refused error={error} again={() => void refetch()} />;
  if (!graph) return <Waiting />;
  if (graph.nodes.length === 0)
    return (
      <Empty title="There is no table yet">
        <p>Lineage comes from the compiler: it is here as soon as a pipeline is.</p>
      </Empty>
    );
  const rows = graph.nodes.map((item) => ({
    ...item,
    from: graph.edges.filter(({ to }) => to === item.id).map(({ from }) => from),
    to: graph.edges.filter(({ from }) => from === item.id).map(({ to }) => to),
  }));
  return (
    <>
      <Suspense fallback={<div className="graph-wait is-tall" />}>
        <GraphView
          items={graph.nodes}
          edges={edges}
          focus={node}
          leads="lineage"
          label="Lineage of tables; the table below says the same"
          tall
        />
      </Suspense>
      {graph.truncated && (
        <p className="quiet">
          {node ? "More tables lie beyond this depth." : "Only the first 300 tables are drawn. Choose one to look around it."}
        </p>
      )}
      <DataTable rows={rows} columns={tableColumns} rowKey={(row) => row.id} label="Tables of the graph" />
    </>
  );
}

type EdgeRow = ColumnLineage["edges"][number];
const end = ({ node, column }: EdgeRow["from"]) => (
  <Link to="/lineage" search={{ node, level: "columns", column: column ?? undefined }}>
    {short(node)}
    {column ? `.${column}` : ", its rows"}
  </Link>
);
const edgeColumns: Col<EdgeRow>[] = [
  { id: "from", title: "From", sort: ({ from }) => `${from.node} ${from.column}`, cell: (row) => end(row.from) },
  { id: "to", title: "To", sort: ({ to }) => `${to.node} ${to.column}`, cell: (row) => end(row.to) },
  {
    id: "how",
    title: "How",
    sort: (row) => row.how,
    cell: (row) => (
      <span>
        {row.how}
        {row.use === "rows" && <span className="quiet"> of rows</span>}
      </span>
    ),
  },
];

function Columns({ node }: { node: string }) {
  const { column, direction = "both", depth = 1 } = route.useSearch();
  const { data, error, refetch } = useQuery({ ...columnLineage(node, column, direction, depth), placeholderData: keepPreviousData });
  const found = data?.data;
  if (error) return <Refused error={error} again={() => void refetch()} />;
  if (!found) return <Waiting />;
  return (
    <>
      <Suspense fallback={<div className="graph-wait is-tall" />}>
        <GraphView
          items={found.nodes}
          edges={found.edges}
          focus={node}
          column={column}
          leads="lineage"
          label="Lineage of columns; the table below says the same"
          tall
        />
      </Suspense>
      <p className="quiet legend">
        Solid lines carry values; dashed lines decide which rows there are.{" "}
        {column ? (
          <Link to="/lineage" search={(before) => ({ ...before, column: undefined })}>
            Show all columns of {short(node)}
          </Link>
        ) : (
          "Choose a column to follow it alone."
        )}
        {found.truncated && " More lies beyond this depth."}
      </p>
      {found.edges.length > 0 ? (
        <DataTable
          rows={found.edges}
          columns={edgeColumns}
          rowKey={({ from, to, use, how }) => `${from.node} ${from.column} ${to.node} ${to.column} ${use} ${how}`}
          label="Edges between columns"
        />
      ) : (
        <p>
          Nothing {direction === "downstream" ? "reads" : "feeds"} {column ?? "these columns"} here.
        </p>
      )}
    </>
  );
}

export function LineagePage() {
  const { node, column, level } = route.useSearch();
  useTitle(node ? `Lineage of ${short(node)}${column ? `.${column}` : ""}` : "Lineage");
  return (
    <>
      <div className="page-head">
        <h1>
          {node ? (
            <>
              Lineage of {short(node)}
              {column && <>.{column}</>}
            </>
          ) : (
            "Lineage"
          )}
        </h1>
      </div>
      <Controls />
      {node && level === "columns" ? <Columns key={node} node={node} /> : <Tables />}
    </>
  );
}
