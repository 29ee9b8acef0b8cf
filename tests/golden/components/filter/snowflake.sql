-- filter: delay is not null and delay > 15
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY"
from "FLIGHTS"
where "FLIGHTS"."DELAY" is not null
  and "FLIGHTS"."DELAY" > 15
