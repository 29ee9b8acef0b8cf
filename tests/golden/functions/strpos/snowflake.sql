select position("W"."OTHER_NAME", "W"."NAME") as "VALUE_1"
from "RAW"."WIDE" as "W"
