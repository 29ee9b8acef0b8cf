select array_to_string(array_construct_compact("W"."OTHER_NAME", "W"."OTHER_NAME"), "W"."NAME") as "VALUE_1"
from "RAW"."WIDE" as "W"
