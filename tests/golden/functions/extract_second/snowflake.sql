select
  cast(date_part('second', "W"."MOMENT") + date_part('nanosecond', "W"."MOMENT") / 1000000000 as number(8, 6)) as "VALUE_1",
  cast(date_part('second', convert_timezone('UTC', "W"."INSTANT")) + date_part('nanosecond', convert_timezone('UTC', "W"."INSTANT")) / 1000000000 as number(8, 6)) as "VALUE_2",
  cast(date_part('second', "W"."CLOCK") + date_part('nanosecond', "W"."CLOCK") / 1000000000 as number(8, 6)) as "VALUE_3"
from "RAW"."WIDE" as "W"
