select
  "W"."DAY",
  sum("W"."NUMBER") as "VALUE_1",
  sum("W"."PRICE") as "VALUE_2",
  sum("W"."RATIO") as "VALUE_3",
  sum("W"."BIG") as "VALUE_4"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
