select
  abs("W"."NUMBER") as "VALUE_1",
  abs("W"."PRICE") as "VALUE_2",
  abs("W"."RATIO") as "VALUE_3",
  abs("W"."BIG") as "VALUE_4"
from "RAW"."WIDE" as "W"
