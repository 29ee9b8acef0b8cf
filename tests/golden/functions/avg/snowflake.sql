select
  "W"."DAY",
  cast(sum("W"."NUMBER") as number(38, 16)) / nullif(count("W"."NUMBER"), 0) as "VALUE_1",
  cast(sum("W"."PRICE") as number(38, 16)) / nullif(count("W"."PRICE"), 0) as "VALUE_2",
  cast(sum("W"."RATIO") as float) / nullif(count("W"."RATIO"), 0) as "VALUE_3",
  cast(sum("W"."BIG") as number(38, 16)) / nullif(count("W"."BIG"), 0) as "VALUE_4"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
