-- aggregate: {by: [origin], columns: {flights: count(*), total: sum(delay), rest: sum(delay) + count(*)}}
select
  "FLIGHTS_2"."ORIGIN",
  count(*) as "FLIGHTS",
  sum("FLIGHTS_2"."DELAY") as "TOTAL",
  sum("FLIGHTS_2"."DELAY") + count(*) as "REST"
from "FLIGHTS" as "FLIGHTS_2"
group by "FLIGHTS_2"."ORIGIN"
