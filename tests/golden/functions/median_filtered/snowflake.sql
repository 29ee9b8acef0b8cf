select
  "W"."DAY",
  percentile_cont(0.5) within group (order by case when "W"."NUMBER" > 0 then "W"."RATIO" end) as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
