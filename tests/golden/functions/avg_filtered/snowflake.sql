select
  "W"."DAY",
  cast(sum(case when "W"."NUMBER" > 0 then "W"."NUMBER" end) as number(38, 16)) / nullif(count(case when "W"."NUMBER" > 0 then "W"."NUMBER" end), 0) as "VALUE_1",
  cast(sum(case when "W"."NUMBER" > 0 then "W"."PRICE" end) as number(38, 16)) / nullif(count(case when "W"."NUMBER" > 0 then "W"."PRICE" end), 0) as "VALUE_2",
  cast(sum(case when "W"."NUMBER" > 0 then "W"."RATIO" end) as float) / nullif(count(case when "W"."NUMBER" > 0 then "W"."RATIO" end), 0) as "VALUE_3",
  cast(sum(case when "W"."NUMBER" > 0 then "W"."BIG" end) as number(38, 16)) / nullif(count(case when "W"."NUMBER" > 0 then "W"."BIG" end), 0) as "VALUE_4"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
