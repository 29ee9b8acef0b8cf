select
  date_trunc('month', "W"."OTHER_MOMENT") as "VALUE_1",
  cast(date_trunc('month', convert_timezone('UTC', "W"."OTHER_INSTANT")) as timestamp_ltz(6)) as "VALUE_2"
from "RAW"."WIDE" as "W"
