select
  "W"."DAY",
  percentile_cont(0.25) within group (order by case when "W"."NUMBER" > 0 then "W"."OTHER_RATIO" end) as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
