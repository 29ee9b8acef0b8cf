select
  lag("W"."NAME") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_1",
  lag("W"."NUMBER") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_2",
  lag("W"."MOMENT") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_3",
  lag("W"."FLAG") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_4",
  lag("W"."NAME", 2, "W"."OTHER_NAME") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_5",
  lag("W"."NUMBER", 2, "W"."NUMBER") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_6",
  lag("W"."MOMENT", 2, "W"."MOMENT") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_7",
  lag("W"."FLAG", 2, "W"."FLAG") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_8"
from "RAW"."WIDE" as "W"
