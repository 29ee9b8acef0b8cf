select
  date_part('weekiso', "W"."DAY") as "VALUE_1",
  date_part('weekiso', "W"."MOMENT") as "VALUE_2",
  date_part('weekiso', convert_timezone('UTC', "W"."INSTANT")) as "VALUE_3"
from "RAW"."WIDE" as "W"
