-- join: {with: details, type: full, on: [origin]}
select
  coalesce("FLIGHTS"."ORIGIN", "DETAILS"."ORIGIN") as "ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY",
  "DETAILS"."GATES"
from "FLIGHTS"
full join "DETAILS" on "FLIGHTS"."ORIGIN" = "DETAILS"."ORIGIN"
