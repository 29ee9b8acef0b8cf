select
  -"W"."NUMBER" as "VALUE_1",
  -"W"."PRICE" as "VALUE_2",
  -"W"."RATIO" as "VALUE_3",
  -"W"."BIG" as "VALUE_4"
from "RAW"."WIDE" as "W"
