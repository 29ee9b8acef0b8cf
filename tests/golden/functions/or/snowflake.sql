select "W"."FLAG" or "W"."OTHER_FLAG" as "VALUE_1"
from "RAW"."WIDE" as "W"
