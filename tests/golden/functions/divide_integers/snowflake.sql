select
  cast(("W"."NUMBER" - mod("W"."NUMBER", "W"."OTHER_NUMBER")) / "W"."OTHER_NUMBER" as number(10, 0)) as "VALUE_1",
  cast(("W"."BIG" - mod("W"."BIG", "W"."BIG")) / "W"."BIG" as number(19, 0)) as "VALUE_2"
from "RAW"."WIDE" as "W"
