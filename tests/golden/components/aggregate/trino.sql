-- aggregate: {by: [origin], columns: {flights: count(*), total: sum(delay), rest: sum(delay) + count(*)}}
select
  "flights_2"."origin",
  count(*) as "flights",
  sum(cast("flights_2"."delay" as bigint)) as "total",
  sum(cast("flights_2"."delay" as bigint)) + count(*) as "rest"
from "flights" as "flights_2"
group by "flights_2"."origin"
