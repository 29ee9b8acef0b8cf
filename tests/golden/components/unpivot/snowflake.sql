-- unpivot: {columns: [origin, destination], name: end_of_route, value: airport}
with "WIDE" as (
  select
    "FLIGHTS"."ORIGIN",
    "FLIGHTS"."DESTINATION",
    "FLIGHTS"."STATE",
    "FLIGHTS"."DAY",
    "FLIGHTS"."DELAY"
  from "FLIGHTS"
)
select
  "WIDE"."STATE",
  "WIDE"."DAY",
  "WIDE"."DELAY",
  'origin' as "END_OF_ROUTE",
  "WIDE"."ORIGIN" as "AIRPORT"
from "WIDE"
union all
select
  "WIDE"."STATE",
  "WIDE"."DAY",
  "WIDE"."DELAY",
  'destination' as "END_OF_ROUTE",
  "WIDE"."DESTINATION" as "AIRPORT"
from "WIDE"
