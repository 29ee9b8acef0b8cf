-- rank: {by: [state], order: [delay desc, day, origin, destination], as: place}
select
  "flights"."origin",
  "flights"."destination",
  "flights"."state",
  "flights"."day",
  "flights"."delay",
  row_number() over (partition by "flights"."state" order by "flights"."delay" desc nulls first, "flights"."day" nulls last, "flights"."origin" nulls last, "flights"."destination" nulls last) as "place"
from "flights"
