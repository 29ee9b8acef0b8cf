select
  count("W"."NAME") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_1",
  count("W"."NUMBER") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_2",
  count("W"."MOMENT") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_3",
  count("W"."FLAG") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_4"
from "RAW"."WIDE" as "W"
