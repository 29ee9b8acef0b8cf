select split_part("W"."NAME", ',', 2) as "VALUE_1"
from "RAW"."WIDE" as "W"
