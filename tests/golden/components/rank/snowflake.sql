-- rank: {by: [state], order: [delay desc, day, origin, destination], as: place}
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY",
  row_number() over (partition by "FLIGHTS"."STATE" order by "FLIGHTS"."DELAY" desc nulls first, "FLIGHTS"."DAY" nulls last, "FLIGHTS"."ORIGIN" nulls last, "FLIGHTS"."DESTINATION" nulls last) as "PLACE"
from "FLIGHTS"
