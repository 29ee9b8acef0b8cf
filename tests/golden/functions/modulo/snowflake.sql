select
  mod("W"."NUMBER", "W"."OTHER_NUMBER") as "VALUE_1",
  mod("W"."PRICE", "W"."RATE") as "VALUE_2",
  mod("W"."BIG", "W"."BIG") as "VALUE_3"
from "RAW"."WIDE" as "W"
