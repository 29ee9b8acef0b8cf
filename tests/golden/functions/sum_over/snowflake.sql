select
  sum("W"."NUMBER") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_1",
  sum("W"."PRICE") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_2",
  sum("W"."RATIO") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_3",
  sum("W"."BIG") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_4"
from "RAW"."WIDE" as "W"
