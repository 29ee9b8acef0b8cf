select
  cast(sign("W"."NUMBER") as number(10, 0)) as "VALUE_1",
  cast(sign("W"."PRICE") as number(12, 2)) as "VALUE_2",
  cast(sign("W"."RATIO") as float) as "VALUE_3",
  cast(sign("W"."BIG") as number(19, 0)) as "VALUE_4"
from "RAW"."WIDE" as "W"
