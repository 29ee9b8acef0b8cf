select
  lead("W"."NAME") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_1",
  lead("W"."NUMBER") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_2",
  lead("W"."MOMENT") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_3",
  lead("W"."FLAG") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_4",
  lead("W"."NAME", 2, "W"."OTHER_NAME") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_5",
  lead("W"."NUMBER", 2, "W"."NUMBER") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_6",
  lead("W"."MOMENT", 2, "W"."MOMENT") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_7",
  lead("W"."FLAG", 2, "W"."FLAG") over (partition by "W"."DAY" order by "W"."MOMENT" desc nulls first, "W"."ID") as "VALUE_8"
from "RAW"."WIDE" as "W"
