select
  "W"."DAY",
  case when count(case when "W"."NUMBER" > 0 then "W"."NAME" end) > 0 then listagg(case when "W"."NUMBER" > 0 then "W"."NAME" end, ', ') within group (order by "W"."ID" desc, "W"."NAME" nulls last) end as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
