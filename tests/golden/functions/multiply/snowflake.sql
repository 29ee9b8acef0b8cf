select
  "W"."NUMBER" * "W"."OTHER_NUMBER" as "VALUE_1",
  "W"."PRICE" * "W"."RATE" as "VALUE_2",
  "W"."RATIO" * "W"."OTHER_RATIO" as "VALUE_3",
  "W"."BIG" * "W"."BIG" as "VALUE_4"
from "RAW"."WIDE" as "W"
