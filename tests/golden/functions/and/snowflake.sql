select "W"."FLAG" and "W"."OTHER_FLAG" as "VALUE_1"
from "RAW"."WIDE" as "W"
