select
  date_part('month', "W"."DAY") as "VALUE_1",
  date_part('month', "W"."MOMENT") as "VALUE_2",
  date_part('month', convert_timezone('UTC', "W"."INSTANT")) as "VALUE_3"
from "RAW"."WIDE" as "W"
