select cast("W"."PRICE" as number(38, 16)) / "W"."RATE" as "VALUE_1"
from "RAW"."WIDE" as "W"
