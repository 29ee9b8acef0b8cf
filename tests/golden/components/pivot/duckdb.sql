-- pivot: {by: [origin], column: destination, values: {sfo: SFO, jfk: JFK}, aggregate: sum(delay) + count(*)}
select
  "flights"."origin",
  cast(sum("flights"."delay") filter (where "flights"."destination" = 'SFO') as bigint) + count(*) filter (where "flights"."destination" = 'SFO') as "sfo",
  cast(sum("flights"."delay") filter (where "flights"."destination" = 'JFK') as bigint) + count(*) filter (where "flights"."destination" = 'JFK') as "jfk"
from "flights"
group by "flights"."origin"
