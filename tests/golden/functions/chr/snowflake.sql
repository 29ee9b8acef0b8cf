select chr("W"."NUMBER") as "VALUE_1"
from "RAW"."WIDE" as "W"
