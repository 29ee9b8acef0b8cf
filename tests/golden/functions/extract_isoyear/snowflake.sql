select
  date_part('yearofweekiso', "W"."DAY") as "VALUE_1",
  date_part('yearofweekiso', "W"."MOMENT") as "VALUE_2",
  date_part('yearofweekiso', convert_timezone('UTC', "W"."INSTANT")) as "VALUE_3"
from "RAW"."WIDE" as "W"
