select regexp_like("W"."NAME", '.*(^[A-Z]{2}[0-9]+$).*', 's') as "VALUE_1"
from "RAW"."WIDE" as "W"
