select
  date_part('dayofweekiso', "W"."DAY") as "VALUE_1",
  date_part('dayofweekiso', "W"."MOMENT") as "VALUE_2",
  date_part('dayofweekiso', convert_timezone('UTC', "W"."INSTANT")) as "VALUE_3"
from "RAW"."WIDE" as "W"
