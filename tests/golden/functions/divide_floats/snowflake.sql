select "W"."RATIO" / "W"."OTHER_RATIO" as "VALUE_1"
from "RAW"."WIDE" as "W"
