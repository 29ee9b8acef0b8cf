select
  cast(convert_timezone('UTC', "W"."INSTANT") as timestamp_ntz(6)) as "VALUE_1",
  to_timestamp_ltz(date_part('epoch_microsecond', "W"."MOMENT"), 6) as "VALUE_2"
from "RAW"."WIDE" as "W"
