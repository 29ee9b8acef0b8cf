select unicode("W"."NAME") as "VALUE_1"
from "RAW"."WIDE" as "W"
