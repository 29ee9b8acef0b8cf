select var_samp("W"."RATIO") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_1"
from "RAW"."WIDE" as "W"
