select cast(max(cast("W"."FLAG" as number(1, 0))) over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as boolean) as "VALUE_1"
from "RAW"."WIDE" as "W"
