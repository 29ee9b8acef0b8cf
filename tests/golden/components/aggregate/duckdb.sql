-- aggregate: {by: [origin], columns: {flights: count(*), total: sum(delay), rest: sum(delay) + count(*)}}
select
  "flights"."origin",
  count(*) as "flights",
  cast(sum("flights"."delay") as bigint) as "total",
  cast(sum("flights"."delay") as bigint) + count(*) as "rest"
from "flights"
group by "flights"."origin"
