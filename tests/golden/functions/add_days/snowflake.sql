select dateadd('day', "W"."OTHER_NUMBER", "W"."DAY") as "VALUE_1"
from "RAW"."WIDE" as "W"
