select regexp_substr("W"."NAME", '(a)[0-9]+', 1, 1, 's') as "VALUE_1"
from "RAW"."WIDE" as "W"
