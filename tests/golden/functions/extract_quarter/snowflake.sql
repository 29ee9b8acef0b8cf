select
  date_part('quarter', "W"."DAY") as "VALUE_1",
  date_part('quarter', "W"."MOMENT") as "VALUE_2",
  date_part('quarter', convert_timezone('UTC', "W"."INSTANT")) as "VALUE_3"
from "RAW"."WIDE" as "W"
