-- top: {count: 10, order: [delay desc, day, origin, destination, state]}
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY"
from "FLIGHTS"
order by "FLIGHTS"."DELAY" desc nulls first, "FLIGHTS"."DAY" nulls last, "FLIGHTS"."ORIGIN" nulls last, "FLIGHTS"."DESTINATION" nulls last, "FLIGHTS"."STATE" nulls last
limit 10
