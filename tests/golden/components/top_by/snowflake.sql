-- top: {count: 3, by: [state], order: [delay desc, day, origin, destination]}
with "FLIGHTS_WINDOWED" as (
  select
    "FLIGHTS"."ORIGIN",
    "FLIGHTS"."DESTINATION",
    "FLIGHTS"."STATE",
    "FLIGHTS"."DAY",
    "FLIGHTS"."DELAY",
    row_number() over (partition by "FLIGHTS"."STATE" order by "FLIGHTS"."DELAY" desc nulls first, "FLIGHTS"."DAY" nulls last, "FLIGHTS"."ORIGIN" nulls last, "FLIGHTS"."DESTINATION" nulls last) as "ROW_IN_GROUP"
  from "FLIGHTS"
)
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY"
from "FLIGHTS_WINDOWED" as "FLIGHTS"
where "FLIGHTS"."ROW_IN_GROUP" <= 3
