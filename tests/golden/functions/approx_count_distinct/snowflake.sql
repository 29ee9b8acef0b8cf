select
  "W"."DAY",
  approx_count_distinct("W"."NAME") as "VALUE_1",
  approx_count_distinct("W"."NUMBER") as "VALUE_2",
  approx_count_distinct("W"."MOMENT") as "VALUE_3",
  approx_count_distinct("W"."FLAG") as "VALUE_4"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
