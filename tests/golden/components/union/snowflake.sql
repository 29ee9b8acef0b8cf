-- union: [diverted]
select
  "FLIGHTS"."ORIGIN",
  "FLIGHTS"."DESTINATION",
  "FLIGHTS"."STATE",
  "FLIGHTS"."DAY",
  "FLIGHTS"."DELAY"
from "FLIGHTS"
union all
select
  "DIVERTED"."ORIGIN",
  "DIVERTED"."DESTINATION",
  "DIVERTED"."STATE",
  "DIVERTED"."DAY",
  cast("DIVERTED"."DELAY" as number(19, 0)) as "DELAY"
from "DIVERTED"
