select repeat("W"."NAME", greatest("W"."OTHER_NUMBER", 0)) as "VALUE_1"
from "RAW"."WIDE" as "W"
