select
  mod(date_part('dayofweekiso', "W"."DAY"), 7) as "VALUE_1",
  mod(date_part('dayofweekiso', "W"."MOMENT"), 7) as "VALUE_2",
  mod(date_part('dayofweekiso', convert_timezone('UTC', "W"."INSTANT")), 7) as "VALUE_3"
from "RAW"."WIDE" as "W"
