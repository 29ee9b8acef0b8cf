select not "W"."FLAG" as "VALUE_1"
from "RAW"."WIDE" as "W"
