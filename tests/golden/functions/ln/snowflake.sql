select ln("W"."RATIO") as "VALUE_1"
from "RAW"."WIDE" as "W"
