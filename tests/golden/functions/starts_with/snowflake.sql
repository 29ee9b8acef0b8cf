select startswith("W"."NAME", "W"."OTHER_NAME") as "VALUE_1"
from "RAW"."WIDE" as "W"
