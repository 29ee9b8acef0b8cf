-- join: {with: airports, type: cross, columns: [city]}
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY",
  "AIRPORTS"."CITY"
from "FLIGHTS"
cross join "AIRPORTS"
