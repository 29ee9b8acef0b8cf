-- expression: delay > 15
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY"
from "FLIGHTS"
where not coalesce("FLIGHTS"."DELAY" > 15, true)
