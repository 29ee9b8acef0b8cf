select coalesce("W"."FLAG", true) as "VALUE_1"
from "RAW"."WIDE" as "W"
