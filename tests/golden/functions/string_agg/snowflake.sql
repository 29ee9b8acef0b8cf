select
  "W"."DAY",
  case when count("W"."NAME") > 0 then listagg("W"."NAME", ', ') within group (order by "W"."ID" desc, "W"."NAME" nulls last) end as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
