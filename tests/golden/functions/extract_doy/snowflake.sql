select
  date_part('dayofyear', "W"."DAY") as "VALUE_1",
  date_part('dayofyear', "W"."MOMENT") as "VALUE_2",
  date_part('dayofyear', convert_timezone('UTC', "W"."INSTANT")) as "VALUE_3"
from "RAW"."WIDE" as "W"
