select
  "W"."NUMBER" as "VALUE_1",
  ceil("W"."PRICE") as "VALUE_2",
  ceil("W"."RATIO") as "VALUE_3",
  "W"."BIG" as "VALUE_4"
from "RAW"."WIDE" as "W"
