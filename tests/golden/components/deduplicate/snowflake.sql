-- deduplicate: {by: [origin], order: [day desc, destination, delay, state]}
with "FLIGHTS_WINDOWED" as (
  select
    "FLIGHTS"."ORIGIN",
    "FLIGHTS"."DESTINATION",
    "FLIGHTS"."STATE",
    "FLIGHTS"."DAY",
    "FLIGHTS"."DELAY",
    row_number() over (partition by "FLIGHTS"."ORIGIN" order by "FLIGHTS"."DAY" desc nulls first, "FLIGHTS"."DESTINATION" nulls last, "FLIGHTS"."DELAY" nulls last, "FLIGHTS"."STATE" nulls last) as "ROW_IN_KEY"
  from "FLIGHTS"
)
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY"
from "FLIGHTS_WINDOWED" as "FLIGHTS"
where "FLIGHTS"."ROW_IN_KEY" = 1
