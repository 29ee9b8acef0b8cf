select
  ("W"."NUMBER" + "W"."OTHER_NUMBER") * -(-3) as "PRODUCT",
  "W"."NUMBER" - ("W"."OTHER_NUMBER" - "W"."NUMBER") as "DIFFERENCE",
  ("W"."FLAG" and "W"."OTHER_FLAG") or not ("W"."FLAG" or ("W"."NUMBER" = "W"."OTHER_NUMBER") is null) as "LOGIC",
  5 as "WIDE_LITERAL",
  cast(null as varchar) as "NULL_TEXT"
from "RAW"."WIDE" as "W"
