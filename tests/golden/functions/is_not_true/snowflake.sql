select not coalesce("W"."FLAG", false) as "VALUE_1"
from "RAW"."WIDE" as "W"
