select
  dateadd('microsecond', 5500000, dateadd('day', 3, dateadd('month', 14, "W"."MOMENT"))) as "VALUE_1",
  cast(dateadd('microsecond', 5500000, dateadd('day', 3, dateadd('month', 14, convert_timezone('UTC', "W"."INSTANT")))) as timestamp_ltz(6)) as "VALUE_2"
from "RAW"."WIDE" as "W"
