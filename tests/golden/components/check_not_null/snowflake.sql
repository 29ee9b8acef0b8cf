-- not_null: [origin, day]
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY"
from "FLIGHTS"
where "FLIGHTS"."ORIGIN" is null or "FLIGHTS"."DAY" is null
