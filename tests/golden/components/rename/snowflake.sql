-- rename: {origin: from_airport, destination: to_airport}
select
  "FLIGHTS"."ORIGIN" as "FROM_AIRPORT",
  "FLIGHTS"."DESTINATION" as "TO_AIRPORT",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY"
from "FLIGHTS"
