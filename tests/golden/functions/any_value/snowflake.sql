select
  "W"."DAY",
  min("W"."NAME") as "VALUE_1",
  min("W"."NUMBER") as "VALUE_2",
  min("W"."MOMENT") as "VALUE_3",
  booland_agg("W"."FLAG") as "VALUE_4"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
