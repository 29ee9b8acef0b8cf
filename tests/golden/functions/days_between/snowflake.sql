select datediff('day', "W"."OTHER_DAY", "W"."DAY") as "VALUE_1"
from "RAW"."WIDE" as "W"
