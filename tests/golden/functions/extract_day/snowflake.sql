select
  date_part('day', "W"."DAY") as "VALUE_1",
  date_part('day', "W"."MOMENT") as "VALUE_2",
  date_part('day', convert_timezone('UTC', "W"."INSTANT")) as "VALUE_3"
from "RAW"."WIDE" as "W"
