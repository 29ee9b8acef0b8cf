select
  date_part('hour', "W"."MOMENT") as "VALUE_1",
  date_part('hour', convert_timezone('UTC', "W"."INSTANT")) as "VALUE_2",
  date_part('hour', "W"."CLOCK") as "VALUE_3"
from "RAW"."WIDE" as "W"
