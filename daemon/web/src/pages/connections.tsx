import { useQuery } from "@tanstack/react-query";
import { useTopics } from "../api/live";
import { connections } from "../api/queries";
import type { Connection } from "../api/types";
import { Empty, Refused, Waiting } from "../ui/problem";
import { useTitle } from "../ui/shell";
import { State } from "../ui/state";
import { DataTable, type Col } from "../ui/table";
import { When } from "../ui/time";
import { plural } from "../ui/words";

function Slots({ slots, slots_used, queued }: Connection) {
  return (
    <span className="stack">
      <span className="slots" role="img" aria-label={`${slots_used} of ${slots} slots in use`}>
        {Array.from({ length: Math.min(slots, 24) }, (_, index) => (
          <i key={index} className={index < slots_used ? "is-used" : undefined} />
        ))}
      </span>
      <span className="quiet">
        {slots_used} of {slots}
        {queued > 0 && <>, {plural(queued, "step waits", "steps wait")}</>}
      </span>
    </span>
  );
}

const columns: Col<Connection>[] = [
  {
    id: "name",
    title: "Connection",
    sort: (row) => row.name,
    className: "col-main",
    cell: (row) => (
      <span className="stack">
        <b>{row.name}</b>
        <span className="quiet">
          {row.engine ?? row.type}
          {row.read_only && ", read only"}
        </span>
      </span>
    ),
  },
  {
    id: "state",
    title: "State",
    sort: (row) => row.state,
    cell: (row) => <State state={row.state}>{row.state === "unknown" ? "Not used yet" : undefined}</State>,
  },
  { id: "slots", title: "Slots", sort: (row) => row.slots_used / Math.max(1, row.slots), cell: (row) => <Slots {...row} /> },
  {
    id: "address",
    title: "Address",
    cell: (row) => (
      <span className="stack">
        <code>{row.address ?? "–"}</code>
        <span className="quiet">{row.environments.join(", ")}</span>
      </span>
    ),
  },
  {
    id: "answer",
    title: "Last answer",
    sort: (row) => row.latency_ms,
    cell: (row) =>
      row.checked_at ? (
        <span className="stack">
          <span>{row.latency_ms === null ? "none" : `${row.latency_ms} ms`}</span>
          <span className="quiet">
            <When at={row.checked_at} />
          </span>
        </span>
      ) : (
        <span className="quiet">–</span>
      ),
  },
];

export function Connections() {
  useTitle("Connections");
  useTopics("connections");
  const { data, error, refetch } = useQuery(connections());
  return (
    <>
      <div className="page-head">
        <h1>Connections</h1>
      </div>
      {error && <Refused error={error} again={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data?.data.items.length === 0 && (
        <Empty title="No connection is named yet">
          <p>
            Name one in <code>penstock.yaml</code>; its password stays where it is and is only referred to.
          </p>
          <pre className="sample">{`connections:\n  local: { type: duckdb, path: flights.duckdb }`}</pre>
        </Empty>
      )}
      {data && data.data.items.length > 0 && (
        <DataTable
          rows={data.data.items}
          columns={columns}
          rowKey={(row) => row.name}
          label="Connections"
          below={(row) =>
            row.error && (
              <tr key={`${row.name} error`} className="row-note">
                <td colSpan={columns.length}>
                  <p className={row.state === "down" ? "tone-bad" : "tone-warn"}>
                    <b>{row.error.message}</b>
                  </p>
                  <p className="quiet">
                    {row.error.hint}
                    {row.retry_at && (
                      <>
                        {" "}
                        The next try is <When at={row.retry_at} />.
                      </>
                    )}
                  </p>
                </td>
              </tr>
            )
          }
        />
      )}
    </>
  );
}
