select
  date_part('year', "W"."DAY") as "VALUE_1",
  date_part('year', "W"."MOMENT") as "VALUE_2",
  date_part('year', convert_timezone('UTC', "W"."INSTANT")) as "VALUE_3"
from "RAW"."WIDE" as "W"
