-- accepted_values: {column: origin, values: [SFO, JFK]}
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY"
from "FLIGHTS"
where not ("FLIGHTS"."ORIGIN" in ('SFO', 'JFK'))
