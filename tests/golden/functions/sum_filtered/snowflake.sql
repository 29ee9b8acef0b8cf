select
  "W"."DAY",
  sum(case when "W"."NUMBER" > 0 then "W"."NUMBER" end) as "VALUE_1",
  sum(case when "W"."NUMBER" > 0 then "W"."PRICE" end) as "VALUE_2",
  sum(case when "W"."NUMBER" > 0 then "W"."RATIO" end) as "VALUE_3",
  sum(case when "W"."NUMBER" > 0 then "W"."BIG" end) as "VALUE_4"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
