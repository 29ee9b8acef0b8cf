-- union: {with: [details], columns: all, distinct: true}
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY",
  cast(null as number(10, 0)) as "GATES"
from "FLIGHTS"
union
select
  "DETAILS"."ORIGIN",
  cast(null as varchar) as "DESTINATION",
  cast(null as varchar) as "STATE",
  cast(null as date) as "DAY",
  cast(null as number(19, 0)) as "DELAY",
  "DETAILS"."GATES"
from "DETAILS"
