select percent_rank() over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_1"
from "RAW"."WIDE" as "W"
