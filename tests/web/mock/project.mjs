// The flights project as the daemon would describe it: three pipelines with their steps, columns, SQL and lineage.

const column = (name, type, nullable = false, tags = [], description = null) => ({ name, type, nullable, tags, description });
const check = (kind, columns, expectation, severity = "error") => ({
  name: columns.length ? `${kind} (${columns.join(", ")})` : kind,
  kind,
  severity,
  columns,
  expectation,
});

export const sources = {
  flights: {
    table: "raw.flights",
    columns: [
      column("date", "timestamp", true),
      column("delay", "int64", true),
      column("distance", "int64", true),
      column("origin", "text", true),
      column("destination", "text", true),
    ],
  },
  airports: {
    table: "raw.airports",
    columns: [
      column("iata", "text", true),
      column("name", "text", true),
      column("city", "text", true),
      column("state", "text", true),
      column("country", "text", true),
      column("latitude", "float64", true),
      column("longitude", "float64", true),
    ],
  },
  airports_2002: {
    table: "raw.airports_2002",
    columns: [
      column("iata", "text", true),
      column("name", "text", true),
      column("city", "text", true),
      column("state", "text", true),
      column("country", "text", true),
    ],
  },
};

// from: [node id, column, use, how] per column of the step; "*" as the column stands for the rows.
export const pipelines = [
  {
    name: "staging",
    description: "Typed and checked copies of the raw flights and airports",
    owner: "data-platform",
    tags: ["staging"],
    file: "pipelines/staging.yaml",
    interval: { unit: "month", start: "2001-01-01T00:00:00.000Z", end: "2001-07-01T00:00:00.000Z" },
    parameters: [],
    cron: "30 1 * * *",
    timezone: "America/New_York",
    expected_within_ms: 90_000_000,
    steps: [
      {
        name: "flights",
        kind: "sql",
        line: 12,
        description: "One row per flight, typed, inside the interval",
        table: "staging.flights",
        as: "delete_insert",
        interval_column: "flown_on",
        reads: ["source:raw.flights"],
        columns: [
          column("flown_on", "date"),
          column("departed_at", "timestamp"),
          column("origin", "varchar(4)"),
          column("destination", "varchar(4)"),
          column("delay", "int32", true),
          column("distance", "int32"),
        ],
        checks: [
          check("not_null", ["flown_on", "origin", "destination"], "no null in flown_on, origin, destination"),
          check("expression", [], "origin <> destination"),
        ],
        sql: `select
  date::date as flown_on,
  date as departed_at,
  origin::varchar(4) as origin,
  destination::varchar(4) as destination,
  delay::int as delay,
  distance::int as distance
from raw.flights
where date >= timestamp '2001-05-01 00:00:00'
  and date < timestamp '2001-06-01 00:00:00'`,
        lineage: {
          flown_on: [["source:raw.flights", "date", "value", "expression"]],
          departed_at: [["source:raw.flights", "date", "value", "copy"]],
          origin: [["source:raw.flights", "origin", "value", "expression"]],
          destination: [["source:raw.flights", "destination", "value", "expression"]],
          delay: [["source:raw.flights", "delay", "value", "expression"]],
          distance: [["source:raw.flights", "distance", "value", "expression"]],
          "*": [["source:raw.flights", "date", "rows", "filter"]],
        },
        rows: 512344,
        ms: 2400,
      },
      {
        name: "airports",
        kind: "components",
        line: 31,
        description: null,
        table: "staging.airports",
        as: "table",
        reads: ["source:raw.airports"],
        columns: [
          column("iata", "varchar(4)", false, ["key"]),
          column("name", "text"),
          column("city", "text", true),
          column("state", "varchar(2)", true),
          column("latitude", "float64"),
          column("longitude", "float64"),
        ],
        checks: [
          check("unique", ["iata"], "no two rows share iata"),
          check("accepted_values", ["state"], "state is one of the 50 states or DC", "warn"),
        ],
        sql: `select iata::varchar(4) as iata, name, city, state::varchar(2) as state, latitude, longitude
from raw.airports
where country = 'USA'`,
        lineage: Object.fromEntries([
          ...["iata", "name", "city", "state", "latitude", "longitude"].map((c) => [
            c,
            [["source:raw.airports", c, "value", c === "iata" || c === "state" ? "expression" : "copy"]],
          ]),
          ["*", [["source:raw.airports", "country", "rows", "filter"]]],
        ]),
        rows: 3376,
        ms: 310,
      },
      {
        name: "unmatched",
        kind: "components",
        line: 44,
        description: "Flights whose airport is not known",
        table: "staging.unmatched",
        as: "append",
        interval_column: "flown_on",
        reads: ["step:staging.flights", "step:staging.airports"],
        columns: [column("flown_on", "date"), column("origin", "varchar(4)"), column("flights", "int64")],
        checks: [check("row_count", [], "at most 50 rows", "warn")],
        sql: `select f.flown_on, f.origin, count(*) as flights
from staging.flights as f
left join staging.airports as a on a.iata is not distinct from f.origin
where a.iata is null
group by f.flown_on, f.origin`,
        lineage: {
          flown_on: [["step:staging.flights", "flown_on", "value", "copy"]],
          origin: [["step:staging.flights", "origin", "value", "copy"]],
          flights: [["step:staging.flights", "origin", "value", "aggregate"]],
          "*": [
            ["step:staging.flights", "origin", "rows", "join"],
            ["step:staging.airports", "iata", "rows", "join"],
          ],
        },
        rows: 12,
        ms: 640,
      },
    ],
  },
  {
    name: "traffic",
    description: "Delays, routes and load, month by month",
    owner: "flight-operations",
    tags: ["marts", "daily"],
    file: "pipelines/traffic.yaml",
    interval: { unit: "month", start: "2001-01-01T00:00:00.000Z", end: "2001-07-01T00:00:00.000Z" },
    parameters: [{ name: "minimum_flights", type: "int64", default: "100", required: false }],
    cron: "15 2 * * *",
    timezone: "America/New_York",
    expected_within_ms: 90_000_000,
    steps: [
      {
        name: "flown",
        kind: "sql",
        line: 14,
        description: "Flights with both ends known",
        table: "marts.flown",
        as: "view",
        reads: ["step:staging.flights", "step:staging.airports"],
        columns: [
          column("flown_on", "date"),
          column("origin", "varchar(4)"),
          column("destination", "varchar(4)"),
          column("state", "varchar(2)", true),
          column("delay", "int32", true),
          column("distance", "int32"),
        ],
        checks: [check("relationship", ["origin"], "every origin is an iata of staging.airports")],
        sql: `select f.flown_on, f.origin, f.destination, a.state, f.delay, f.distance
from staging.flights as f
join staging.airports as a on a.iata = f.origin`,
        lineage: {
          ...Object.fromEntries(
            ["flown_on", "origin", "destination", "delay", "distance"].map((c) => [c, [["step:staging.flights", c, "value", "copy"]]]),
          ),
          state: [["step:staging.airports", "state", "value", "copy"]],
          "*": [
            ["step:staging.flights", "origin", "rows", "join"],
            ["step:staging.airports", "iata", "rows", "join"],
          ],
        },
        rows: null,
        ms: 140,
      },
      {
        name: "daily_delays",
        kind: "components",
        line: 24,
        description: "Mean and worst delay per day and origin",
        table: "marts.daily_delays",
        as: "delete_insert",
        interval_column: "flown_on",
        reads: ["step:traffic.flown"],
        columns: [
          column("flown_on", "date"),
          column("origin", "varchar(4)"),
          column("flights", "int64"),
          column("mean_delay", "decimal(12,2)", true),
          column("worst_delay", "int32", true),
        ],
        checks: [
          check("not_null", ["flown_on", "origin"], "no null in flown_on, origin"),
          check("unique", ["flown_on", "origin"], "no two rows share flown_on, origin"),
          check("row_count", [], "at least 1,000 rows", "warn"),
        ],
        sql: `select
  flown_on,
  origin,
  count(*) as flights,
  cast(avg(delay) as decimal(12, 2)) as mean_delay,
  max(delay) as worst_delay
from marts.flown
where flown_on >= date '2001-05-01'
  and flown_on < date '2001-06-01' -- the interval of the run
group by flown_on, origin`,
        lineage: {
          flown_on: [["step:traffic.flown", "flown_on", "value", "copy"]],
          origin: [["step:traffic.flown", "origin", "value", "copy"]],
          flights: [["step:traffic.flown", "origin", "value", "aggregate"]],
          mean_delay: [["step:traffic.flown", "delay", "value", "aggregate"]],
          worst_delay: [["step:traffic.flown", "delay", "value", "aggregate"]],
          "*": [["step:traffic.flown", "flown_on", "rows", "group"]],
        },
        rows: 6941,
        ms: 1850,
      },
      {
        name: "routes",
        kind: "components",
        line: 41,
        description: "Every route ever flown, with its totals",
        table: "marts.routes",
        as: "merge",
        keys: ["origin", "destination"],
        reads: ["step:traffic.flown"],
        columns: [
          column("origin", "varchar(4)"),
          column("destination", "varchar(4)"),
          column("flights", "int64"),
          column("mean_delay", "decimal(12,2)", true),
          column("distance", "int32"),
        ],
        checks: [check("unique", ["origin", "destination"], "no two rows share origin, destination")],
        sql: `select origin, destination, count(*) as flights, cast(avg(delay) as decimal(12, 2)) as mean_delay, max(distance) as distance
from marts.flown
group by origin, destination`,
        lineage: {
          origin: [["step:traffic.flown", "origin", "value", "copy"]],
          destination: [["step:traffic.flown", "destination", "value", "copy"]],
          flights: [["step:traffic.flown", "origin", "value", "aggregate"]],
          mean_delay: [["step:traffic.flown", "delay", "value", "aggregate"]],
          distance: [["step:traffic.flown", "distance", "value", "aggregate"]],
        },
        rows: 4028,
        ms: 1310,
      },
      {
        name: "worst_routes",
        kind: "components",
        line: 55,
        description: "The ten worst routes of each state",
        table: "marts.worst_routes",
        as: "table",
        reads: ["step:traffic.routes", "step:staging.airports"],
        columns: [
          column("state", "varchar(2)"),
          column("place", "int64"),
          column("origin", "varchar(4)"),
          column("destination", "varchar(4)"),
          column("flights", "int64"),
          column("mean_delay", "decimal(12,2)"),
        ],
        checks: [
          check("unique", ["state", "place"], "no two rows share state, place"),
          check("row_count", [], "at least 100 rows", "warn"),
        ],
        sql: `with ranked as (
  select a.state, r.origin, r.destination, r.flights, r.mean_delay,
    row_number() over (partition by a.state order by r.mean_delay desc nulls last, r.origin, r.destination) as place
  from marts.routes as r
  join staging.airports as a on a.iata = r.origin
  where r.flights >= 100
)
select state, place, origin, destination, flights, mean_delay
from ranked
where place <= 10`,
        lineage: {
          state: [["step:staging.airports", "state", "value", "copy"]],
          place: [
            ["step:traffic.routes", "mean_delay", "value", "window"],
          ],
          ...Object.fromEntries(
            ["origin", "destination", "flights", "mean_delay"].map((c) => [c, [["step:traffic.routes", c, "value", "copy"]]]),
          ),
          "*": [
            ["step:traffic.routes", "flights", "rows", "filter"],
            ["step:staging.airports", "iata", "rows", "join"],
          ],
        },
        rows: 478,
        ms: 520,
      },
      {
        name: "load_by_hour",
        kind: "sql",
        line: 73,
        description: null,
        table: "marts.load_by_hour",
        as: "table",
        reads: ["step:staging.flights"],
        columns: [column("origin", "varchar(4)"), column("hour", "int32"), column("flights", "int64")],
        checks: [check("accepted_values", ["hour"], "hour is between 0 and 23")],
        sql: `select origin, extract(hour from departed_at)::int as hour, count(*) as flights
from staging.flights
group by 1, 2`,
        lineage: {
          origin: [["step:staging.flights", "origin", "value", "copy"]],
          hour: [["step:staging.flights", "departed_at", "value", "expression"]],
          flights: [["step:staging.flights", "origin", "value", "aggregate"]],
        },
        rows: 4711,
        ms: 980,
      },
      {
        name: "monthly_log",
        kind: "native_sql",
        line: 84,
        description: "One line per month, kept for ever",
        table: "marts.monthly_log",
        as: "append",
        interval_column: "month",
        reads: ["step:traffic.daily_delays"],
        columns: [column("month", "date"), column("flights", "int64"), column("mean_delay", "float64", true)],
        checks: [check("row_count", [], "exactly one row")],
        sql: `select date_trunc('month', flown_on)::date as month, sum(flights) as flights, avg(mean_delay) as mean_delay
from marts.daily_delays
where flown_on >= date '2001-05-01' and flown_on < date '2001-06-01'
group by all`,
        opaque: true,
        lineage: {
          month: [["step:traffic.daily_delays", "flown_on", "value", "opaque"]],
          flights: [["step:traffic.daily_delays", "flights", "value", "opaque"]],
          mean_delay: [["step:traffic.daily_delays", "mean_delay", "value", "opaque"]],
        },
        rows: 1,
        ms: 260,
      },
    ],
  },
  {
    name: "airports",
    description: "Airports, their history and what flies there",
    owner: "flight-operations",
    tags: ["marts"],
    file: "pipelines/airports.yaml",
    interval: null,
    parameters: [],
    cron: null,
    timezone: null,
    upstream: ["staging.airports"],
    expected_within_ms: null,
    steps: [
      {
        name: "versions",
        kind: "sql",
        line: 10,
        description: "Both editions of the list, one under the other",
        table: "marts.airport_versions",
        as: "view",
        reads: ["source:raw.airports", "source:raw.airports_2002"],
        columns: [
          column("iata", "text"),
          column("name", "text", true),
          column("city", "text", true),
          column("state", "text", true),
          column("edition", "int32"),
        ],
        checks: [],
        sql: `select iata, name, city, state, 2001 as edition from raw.airports
union all
select iata, name, city, state, 2002 as edition from raw.airports_2002`,
        lineage: Object.fromEntries(
          ["iata", "name", "city", "state"].map((c) => [
            c,
            [
              ["source:raw.airports", c, "value", "copy"],
              ["source:raw.airports_2002", c, "value", "copy"],
            ],
          ]),
        ),
        rows: null,
        ms: 90,
      },
      {
        name: "history",
        kind: "components",
        line: 20,
        description: "What each airport was called, and when",
        table: "marts.airport_history",
        as: "scd2",
        keys: ["iata"],
        reads: ["step:airports.versions"],
        columns: [
          column("iata", "text", false, ["key"]),
          column("name", "text", true),
          column("city", "text", true),
          column("state", "text", true),
          column("valid_from", "timestamptz"),
          column("valid_to", "timestamptz", true),
          column("is_current", "boolean"),
        ],
        checks: [check("unique", ["iata", "valid_from"], "no two rows share iata, valid_from")],
        sql: `select iata, name, city, state
from marts.airport_versions
where edition = 2002`,
        lineage: {
          ...Object.fromEntries(["iata", "name", "city", "state"].map((c) => [c, [["step:airports.versions", c, "value", "copy"]]])),
          "*": [["step:airports.versions", "edition", "rows", "filter"]],
        },
        rows: 3412,
        ms: 730,
      },
      {
        name: "delays_by_state",
        kind: "components",
        line: 33,
        description: null,
        table: "marts.delays_by_state",
        as: "table",
        reads: ["step:airports.history", "step:traffic.daily_delays"],
        columns: [column("state", "text"), column("flights", "decimal(38,0)"), column("mean_delay", "float64", true)],
        checks: [check("unique", ["state"], "no two rows share state")],
        sql: `select h.state, sum(d.flights) as flights, avg(d.mean_delay) as mean_delay
from marts.daily_delays as d
join marts.airport_history as h on h.iata = d.origin and h.is_current
group by h.state`,
        lineage: {
          state: [["step:airports.history", "state", "value", "copy"]],
          flights: [["step:traffic.daily_delays", "flights", "value", "aggregate"]],
          mean_delay: [["step:traffic.daily_delays", "mean_delay", "value", "aggregate"]],
          "*": [
            ["step:airports.history", "iata", "rows", "join"],
            ["step:airports.history", "is_current", "rows", "join"],
            ["step:traffic.daily_delays", "origin", "rows", "join"],
          ],
        },
        rows: 52,
        ms: 410,
      },
    ],
  },
];

export const pipelineOf = (name) => pipelines.find((p) => p.name === name);
export const stepOf = (pipeline, name) => pipelineOf(pipeline)?.steps.find((s) => s.name === name);
export const idOf = (pipeline, step) => `step:${pipeline}.${step}`;
export const dependsOn = (pipeline, step) =>
  step.reads.filter((r) => r.startsWith(`step:${pipeline.name}.`)).map((r) => r.slice(`step:${pipeline.name}.`.length));
export const publishOf = (step) => ({
  as: step.as,
  keys: step.keys ?? [],
  interval_column: step.interval_column ?? null,
  schema_changes: "fail",
});

const checkSql = (step, c) => {
  const staged = `${step.table}__staged`;
  switch (c.kind) {
    case "not_null":
      return `select count(*) as failing\nfrom ${staged}\nwhere ${c.columns.map((n) => `${n} is null`).join(" or ")}`;
    case "unique":
      return `select count(*) as failing\nfrom (\n  select ${c.columns.join(", ")}\n  from ${staged}\n  group by ${c.columns.join(", ")}\n  having count(*) > 1\n) as repeated`;
    case "row_count":
      return `select count(*) as row_count\nfrom ${staged}`;
    default:
      return `select count(*) as failing\nfrom ${staged}\nwhere not (${c.expectation.includes("<>") ? c.expectation : `${c.columns[0]} is not null`})`;
  }
};

// The units of a step, in the order in which they run.
export const unitsOf = (step) => {
  const staged = `${step.table}__staged`;
  const names = step.columns.map((c) => c.name).join(", ");
  const units = [];
  if (step.as === "view") units.push(["publish", "Replace the view", `create or replace view ${step.table} as\n${step.sql}`]);
  else units.push(["stage", "Stage the rows of the query", `create or replace table ${staged} as\n${step.sql}`]);
  for (const c of step.checks) units.push(["check", c.name, checkSql(step, c), c]);
  const ledger = "insert into penstock_ledger (token, run_id, step) values ('k7f2qz', 'r', 's');\ncommit;";
  switch (step.as) {
    case "table":
      units.push([
        "publish",
        "Swap the staged table in",
        `begin;\ndrop table if exists ${step.table};\nalter table ${staged} rename to ${step.table.split(".")[1]};\n${ledger}`,
      ]);
      break;
    case "append":
      units.push([
        "publish",
        "Append the staged rows",
        `begin;\ninsert into ${step.table} (${names})\nselect ${names} from ${staged};\n${ledger}`,
      ]);
      break;
    case "delete_insert":
      units.push([
        "publish",
        "Replace the interval",
        `begin;\ndelete from ${step.table}\nwhere ${step.interval_column} >= date '2001-05-01' and ${step.interval_column} < date '2001-06-01';\ninsert into ${step.table} (${names})\nselect ${names} from ${staged};\n${ledger}`,
      ]);
      break;
    case "merge":
      units.push([
        "publish",
        "Merge by key",
        `begin;\ndelete from ${step.table} as t using ${staged} as s\nwhere ${step.keys.map((k) => `t.${k} is not distinct from s.${k}`).join(" and ")};\ninsert into ${step.table} (${names})\nselect ${names} from ${staged};\n${ledger}`,
      ]);
      break;
    case "scd2":
      units.push([
        "publish",
        "Close and open versions",
        `begin;\nupdate ${step.table} as t set valid_to = now(), is_current = false\nfrom ${staged} as s where t.iata = s.iata and t.is_current and (t.name, t.city, t.state) is distinct from (s.name, s.city, s.state);\n${ledger}`,
      ]);
      break;
  }
  const order = ["stage", "check", "publish"];
  units.sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
  return units.map(([phase, purpose, sql, c]) => ({ phase, purpose, sql, check: c ?? null }));
};

export const publishMethod = {
  view: "create or replace view",
  table: "one transaction: swap, ledger row",
  append: "one transaction: insert, ledger row",
  delete_insert: "one transaction: delete, insert, ledger row",
  merge: "one transaction: delete by key, insert, ledger row",
  scd2: "one transaction: close, open, ledger row",
};
