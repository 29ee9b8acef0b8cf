select
  date_part('minute', "W"."MOMENT") as "VALUE_1",
  date_part('minute', convert_timezone('UTC', "W"."INSTANT")) as "VALUE_2",
  date_part('minute', "W"."CLOCK") as "VALUE_3"
from "RAW"."WIDE" as "W"
