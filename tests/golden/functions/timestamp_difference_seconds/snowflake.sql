select
  cast(datediff('microsecond', "W"."OTHER_MOMENT", "W"."MOMENT") * 0.000001 as number(38, 6)) as "VALUE_1",
  cast(datediff('microsecond', "W"."OTHER_INSTANT", "W"."INSTANT") * 0.000001 as number(38, 6)) as "VALUE_2"
from "RAW"."WIDE" as "W"
