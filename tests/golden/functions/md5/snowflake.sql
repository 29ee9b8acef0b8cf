select md5("W"."NAME") as "VALUE_1"
from "RAW"."WIDE" as "W"
