select
  min("W"."NAME") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_1",
  min("W"."NUMBER") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_2",
  min("W"."MOMENT") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_3",
  cast(min(cast("W"."FLAG" as number(1, 0))) over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as boolean) as "VALUE_4"
from "RAW"."WIDE" as "W"
