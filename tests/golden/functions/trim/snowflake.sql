select trim("W"."NAME", ' ') as "VALUE_1"
from "RAW"."WIDE" as "W"
