select
  regexp_replace("W"."NAME", '([0-9]+)-([0-9]+)', '\\2-\\1', 1, 1, 's') as "VALUE_1",
  regexp_replace("W"."NAME", '([0-9]+)-([0-9]+)', '\\2-\\1', 1, 0, 's') as "VALUE_2"
from "RAW"."WIDE" as "W"
