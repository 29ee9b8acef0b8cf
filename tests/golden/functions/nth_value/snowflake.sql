select
  nth_value("W"."NAME", 2) over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_1",
  nth_value("W"."NUMBER", 2) over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_2",
  nth_value("W"."MOMENT", 2) over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_3",
  nth_value("W"."FLAG", 2) over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID" rows between unbounded preceding and current row) as "VALUE_4"
from "RAW"."WIDE" as "W"
